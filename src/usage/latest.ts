import { query, type Unit } from '../db/db.ts'
import type { Operation } from '../pricing/catalog.ts'
import { aboutOf } from './activity.ts'

/** Images shown at once, the generations among which they are looked for, and running work shown at once. */
const IMAGES_MAX = 12
const LOOKED_THROUGH = 24
const RUNNING_MAX = 10

/** An image that a recent generation made. */
export type LatestImage = { id: string; generationId: string; model: string; about: string | null }

/** The newest images of an account, found through its newest generations. */
export function* latestImages(accountId: string): Unit<LatestImage[]> {
  const rows = yield* query((db) =>
    db
      .selectFrom(
        db
          .selectFrom('entry')
          .select(['entry.ref', 'entry.seq', 'entry.model'])
          .where('entry.account_id', '=', accountId)
          .where('entry.kind', '=', 'capture')
          .orderBy('entry.seq', 'desc')
          .limit(LOOKED_THROUGH)
          .as('newest'),
      )
      .innerJoin('asset', 'asset.generation_id', 'newest.ref')
      .select(['asset.id', 'newest.ref', 'newest.model'])
      .where('asset.mime_type', 'like', 'image/%')
      .orderBy('newest.seq', 'desc')
      .orderBy('asset.position')
      .limit(IMAGES_MAX),
  )
  const about = yield* aboutOf([...new Set(rows.map(({ ref }) => ref))])
  return rows.map(({ id, ref, model }) => ({
    id,
    generationId: ref,
    model: model ?? '',
    about: about.get(ref) ?? null,
  }))
}

/** Work in hand, with what is held for it in micro-dollars. */
export type RunningWork = {
  id: string
  operation: Operation
  model: string
  held: number
  startedAt: number
}

/** What an account's agents wait for now, newest first. */
export function* runningWork(accountId: string): Unit<RunningWork[]> {
  const rows = yield* query((db, sql) =>
    db
      .selectFrom('generation')
      .innerJoin('hold', 'hold.id', 'generation.id')
      .select(['generation.id', 'hold.operation', 'hold.model', 'hold.amount', 'hold.created_at'])
      .where('generation.status', '=', sql.lit('running'))
      .where('generation.account_id', '=', accountId)
      .orderBy('generation.id', 'desc')
      .limit(RUNNING_MAX),
  )
  return rows.map(({ amount, created_at, ...row }) => ({
    ...row,
    held: amount,
    startedAt: created_at,
  }))
}
