import { sessionScope } from '../accounts/caller.ts'
import { requireBatchable, type Command, type TransactionBody } from '../db/db.ts'
import { captureAll, holdAll, releaseAll } from '../ledger/batch/commands.ts'
import { admitAll } from './admission.ts'
import { raiseExhausted } from './alerts.ts'
import {
  admissionOf,
  begin,
  generationOf,
  holdArgsOf,
  type Beginning,
  type Begun,
} from './begin.ts'
import {
  assetsOf,
  chargeFor,
  complete,
  deliveryOf,
  fail,
  failureOf,
  finishOf,
  lossOf,
  type Completion,
  type Failure,
} from './finish.ts'
import type { Finish } from './queries.ts'
import {
  findSessions,
  finishGenerations,
  indexPrompts,
  insertAssets,
  insertGenerations,
} from './batch-queries.ts'
import type { GenerationTable } from '../db/schema/generations.ts'
import { bookAll } from './upstream.ts'

/** The commands of a paid call, which an engine may run as a batch. */

export const BEGIN: Command<Beginning, Begun> = { single: begin, batch: beginAll }

export const COMPLETE: Command<Completion, boolean> = { single: complete, batch: completeAll }

export const FAIL: Command<Failure, boolean> = { single: fail, batch: failAll }

/**
 * As `begin`. Throws `NotBatchable` with those whose session is not open, whose idempotency key is in use, or that may
 * not be sent now.
 */
function* beginAll(beginnings: readonly Beginning[]): TransactionBody<Begun[]> {
  const asked = beginnings.map(({ order }, index) => {
    const { accountId, name } = sessionScope(order.caller)
    return { place: index, account_id: accountId, name }
  })
  const found = yield* findSessions(asked)
  const sessions = new Map(found.map((session) => [session.place, session]))
  requireBatchable(beginnings, (_, index) => sessions.has(index))

  const rows = beginnings.map(generationOf)
  const inserted = yield* insertGenerations(rows.toSorted(byKey))
  const begun = new Set(inserted.map(({ id }) => id))
  requireBatchable(rows, ({ id }) => begun.has(id))

  const holds = beginnings.flatMap(({ order, at }, index) => {
    const session = sessions.get(index)
    return session === undefined ? [] : [holdArgsOf(order, session, at)]
  })
  yield* holdAll(holds)
  const admitted = yield* admitAll(
    beginnings.map(admissionOf),
    beginnings.map(({ at }) => at),
  )
  requireBatchable(beginnings, (_, index) => admitted.has(index))
  return beginnings.map(() => ({ known: null, admitted: true }))
}

/** As `complete`. Throws `NotBatchable` with those that have ended before. */
function* completeAll(completions: readonly Completion[]): TransactionBody<boolean[]> {
  const finishes = completions.map(finishOf)
  yield* finishAll(finishes)
  const captures = completions.map((completion) => {
    const { job, at } = completion
    return { id: job.id, amount: chargeFor(completion), at }
  })
  const captured = yield* captureAll(captures)
  yield* insertAssets(completions.flatMap(assetsOf))
  yield* indexPrompts(finishes)
  yield* bookAll(completions.flatMap(deliveryOf))
  return captured
}

/** As `fail`. Throws `NotBatchable` with those that have ended before. */
function* failAll(failures: readonly Failure[]): TransactionBody<boolean[]> {
  yield* finishAll(failures.map(failureOf))
  const released = yield* releaseAll(failures)
  yield* bookAll(failures.flatMap(lossOf))
  yield* raiseExhausted(failures)
  return released
}

function* finishAll(rows: readonly Finish[]): TransactionBody<void> {
  const finished = new Set((yield* finishGenerations(rows)).map(({ id }) => id))
  requireBatchable(rows, ({ id }) => finished.delete(id)) // false for a second item with the same id
}

/**
 * Sorts by idempotency key, which is unique in an account: batches that insert the same keys do so in the same order
 * and cannot deadlock. Rows with the same key stay in their order.
 */
function byKey(a: GenerationTable, b: GenerationTable): number {
  const [left, right] = [keyOf(a), keyOf(b)]
  if (left === right) return 0
  return left < right ? -1 : 1
}

function keyOf({ account_id, idempotency_key }: GenerationTable): string {
  return `${account_id} ${idempotency_key ?? ''}`
}
