import { sessionScope } from '../accounts/caller.ts'
import { keepTogether, type Command, type Unit } from '../db/db.ts'
import { captureAll, holdAll, releaseAll } from '../ledger/sets.ts'
import { asRows } from '../ledger/statements/sets.ts'
import { begin, generationOf, holdOrderOf, type Lease, type Order } from './begin.ts'
import {
  assetsOf,
  chargeFor,
  complete,
  fail,
  failureOf,
  finishOf,
  type Completion,
  type Failure,
} from './finish.ts'
import type { Finish } from './rows.ts'
import { indexPrompts } from './search.ts'
import { findSessions, finishGenerations, insertAssets, insertGenerations } from './sets.ts'
import type { GenerationTable } from './schema.ts'

/** The commands of a paid call, which an engine may do in sets. */

type Beginning = { order: Order; lease: Lease; at: number }

export const BEGIN: Command<Beginning, string | null> = {
  one: ({ order, lease, at }) => begin(order, lease, at),
  all: beginAll,
}

export const COMPLETE: Command<Completion, boolean> = { one: complete, all: completeAll }

export const FAIL: Command<Failure, boolean> = { one: fail, all: failAll }

/** As `begin`, where accounts and sessions are open and no idempotency key is in use. */
function* beginAll(beginnings: readonly Beginning[]): Unit<null[]> {
  const asked = beginnings.map(({ order }, place) => {
    const { accountId, name } = sessionScope(order.caller)
    return { place, account_id: accountId, name }
  })
  const found = yield* findSessions(asRows(asked))
  const sessions = new Map(found.map((session) => [session.place, session]))
  keepTogether(beginnings, (_, place) => sessions.has(place))

  const rows = beginnings.map(({ order, lease, at }) => generationOf(order, lease, at))
  const inserted = yield* insertGenerations(asRows(rows.toSorted(byKey)))
  const begun = new Set(inserted.map(({ id }) => id))
  keepTogether(rows, ({ id }) => begun.has(id))

  const holds = beginnings.flatMap(({ order, at }, place) => {
    const session = sessions.get(place)
    return session === undefined ? [] : [holdOrderOf(order, session, at)]
  })
  yield* holdAll(holds)
  return beginnings.map(() => null)
}

/** As `complete`, where none has ended before. */
function* completeAll(completions: readonly Completion[]): Unit<boolean[]> {
  const finishes = completions.map(finishOf)
  yield* finishAll(finishes)
  const captures = completions.map((completion) => {
    const { job, at } = completion
    return { id: job.id, amount: chargeFor(completion), at }
  })
  const captured = yield* captureAll(captures)
  yield* insertAssets(asRows(completions.flatMap(assetsOf)))
  yield* indexPrompts(asRows(finishes))
  return captured
}

/** As `fail`, where none has ended before. */
function* failAll(failures: readonly Failure[]): Unit<boolean[]> {
  yield* finishAll(failures.map(failureOf))
  return yield* releaseAll(failures)
}

function* finishAll(rows: readonly Finish[]): Unit<void> {
  const finished = new Set((yield* finishGenerations(asRows(rows))).map(({ id }) => id))
  keepTogether(rows, ({ id }) => finished.delete(id)) // false for the second with one id
}

/**
 * Keys are unique in an account, and sets that add the same ones must come to them in one order. Of two with one
 * key the first stays ahead.
 */
function byKey(a: GenerationTable, b: GenerationTable): number {
  const [left, right] = [keyOf(a), keyOf(b)]
  if (left === right) return 0
  return left < right ? -1 : 1
}

function keyOf({ account_id, idempotency_key }: GenerationTable): string {
  return `${account_id} ${idempotency_key ?? ''}`
}
