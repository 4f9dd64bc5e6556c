import { query, type TransactionBody } from '../db/db.ts'
import { isMeasured } from '../media/inspect.ts'
import { describeFile, kindOfType } from '../media/kinds.ts'
import type { Operation } from '../pricing/catalog.ts'
import { aboutOf } from './about.ts'
import type { Narrowing } from './question.ts'

/** Limits: files shown, newest entries searched for files, and running generations shown. */
const OUTPUTS_MAX = 12
const ENTRIES_SEARCHED = 24
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

/** Returns the newest files of an account, from its newest generations. The id of a charge is that of its generation. */
export function* latestOutputs(accountId: string): TransactionBody<LatestOutput[]> {
  const rows = yield* query((db) =>
    db
      .selectFrom(
        db
          .selectFrom('entry')
          .select(['entry.id', 'entry.seq', 'entry.model'])
          .where('entry.account_id', '=', accountId)
          .orderBy('entry.seq', 'desc')
          .limit(ENTRIES_SEARCHED)
          .as('newest'),
      )
      .innerJoin('asset', 'asset.generation_id', 'newest.id')
      .select(['asset.id', 'asset.mime_type', 'asset.width', 'asset.height', 'asset.bytes'])
      .select(['asset.removed_at', 'newest.id as generation_id', 'newest.model'])
      .orderBy('newest.seq', 'desc')
      .orderBy('asset.position')
      .limit(OUTPUTS_MAX),
  )
  const kept = rows.filter(({ removed_at }) => removed_at === null) // a condition leads PostgreSQL to read all files
  const about = yield* aboutOf([...new Set(kept.map((row) => row.generation_id))])
  return kept.map(({ id, generation_id: generationId, model, mime_type: mimeType, ...size }) => ({
    id,
    generationId,
    model: model ?? '',
    about: about.get(generationId) || null,
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

/** Returns the generations of an account that have not ended and fit a filter, newest first. */
export function* runningWork(
  accountId: string,
  { operation, modality, model, keyId, sessionId }: Narrowing,
): TransactionBody<RunningWork[]> {
  const columns = { operation, modality, model, key_id: keyId, session_id: sessionId }
  const conditions = Object.entries(columns).filter(([, value]) => value !== undefined)
  const rows = yield* query((db, sql) =>
    db
      .selectFrom('generation')
      .innerJoin('hold', 'hold.id', 'generation.id')
      .select(['generation.id', 'hold.operation', 'hold.model', 'hold.amount', 'hold.created_at'])
      .where('generation.finished_at', 'is', null)
      .where('generation.account_id', '=', accountId)
      .where((eb) =>
        eb.and(conditions.map(([name, value]) => eb(sql.ref(`hold.${name}`), '=', value))),
      )
      .orderBy('generation.id', 'desc')
      .limit(RUNNING_MAX),
  )
  return rows.map(({ amount, created_at, ...row }) => ({
    ...row,
    held: amount,
    startedAt: created_at,
  }))
}
