import { query, type TransactionBody } from '../db/db.ts'
import { isMeasured } from '../media/inspect.ts'
import { describeFile, kindOfType } from '../media/kinds.ts'
import type { Operation } from '../pricing/catalog.ts'
import { aboutOf } from './about.ts'

/** Limits: files shown, newest generations searched for files, and running generations shown. */
const OUTPUTS_MAX = 12
const GENERATIONS_SEARCHED = 24
const RUNNING_MAX = 10

/** A file that a recent generation made. */
export type LatestOutput = {
  id: string
  generationId: string
  model: string
  about: string | null
  /** Its type and size, in words. */
  words: string
  /** Without the dot. */
  extension: string
  /** Whether it has a preview image. */
  isPicture: boolean
}

/** Returns the newest files of an account, from its newest generations. */
export function* latestOutputs(accountId: string): TransactionBody<LatestOutput[]> {
  const rows = yield* query((db) =>
    db
      .selectFrom(
        db
          .selectFrom('entry')
          .select(['entry.ref', 'entry.seq', 'entry.model'])
          .where('entry.account_id', '=', accountId)
          .where('entry.kind', '=', 'capture')
          .orderBy('entry.seq', 'desc')
          .limit(GENERATIONS_SEARCHED)
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

/** A running generation. `held` is in micro-dollars, `startedAt` in milliseconds since 1970. */
export type RunningWork = {
  id: string
  operation: Operation
  model: string
  held: number
  startedAt: number
}

/** Returns the generations of an account that have not ended, newest first. */
export function* runningWork(accountId: string): TransactionBody<RunningWork[]> {
  const rows = yield* query((db) =>
    db
      .selectFrom('generation')
      .innerJoin('hold', 'hold.id', 'generation.id')
      .select(['generation.id', 'hold.operation', 'hold.model', 'hold.amount', 'hold.created_at'])
      .where('generation.finished_at', 'is', null)
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
