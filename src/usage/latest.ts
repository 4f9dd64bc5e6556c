import { query, type Unit } from '../db/db.ts'
import { isMeasured } from '../media/inspect.ts'
import { describeFile, kindOfType } from '../media/kinds.ts'
import type { Operation } from '../pricing/catalog.ts'
import { aboutOf } from './activity.ts'

/** Files shown at once, the generations among which they are looked for, and running work shown at once. */
const OUTPUTS_MAX = 12
const LOOKED_THROUGH = 24
const RUNNING_MAX = 10

/** A file that a recent generation made. */
export type LatestOutput = {
  id: string
  generationId: string
  model: string
  about: string | null
  /** Its type and size, in a few words. */
  words: string
  /** Without its dot. */
  extension: string
  /** Whether there is a small picture of it. */
  isPicture: boolean
}

/** The newest files of an account, found through its newest generations. */
export function* latestOutputs(accountId: string): Unit<LatestOutput[]> {
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
      .select(['asset.id', 'asset.mime_type', 'asset.width', 'asset.height', 'asset.bytes'])
      .select(['newest.ref', 'newest.model'])
      .orderBy('newest.seq', 'desc')
      .orderBy('asset.position')
      .limit(OUTPUTS_MAX),
  )
  const about = yield* aboutOf([...new Set(rows.map(({ ref }) => ref))])
  return rows.map(({ id, ref, model, mime_type: mimeType, ...size }) => ({
    id,
    generationId: ref,
    model: model ?? '',
    about: about.get(ref) || null,
    words: describeFile({ mimeType, ...size }),
    extension: kindOfType(mimeType)?.extension ?? 'file',
    isPicture: isMeasured(mimeType),
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
