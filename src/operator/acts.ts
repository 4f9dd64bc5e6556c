import type { Db, TransactionBody } from '../db/db.ts'
import { AppError } from '../errors.ts'
import { parseSignedUsd } from '../money.ts'
import { closeAccount, resumeAccount, suspendAccount } from './accounts.ts'
import { creditAccount, refundGeneration, type MoneyAct } from './money.ts'

/** What an operator can do to an account on a page, and what each act asks for. */
export const ACTS = {
  credit: ['amount', 'reason'],
  refund: ['generation', 'reason'],
  suspend: ['reason'],
  resume: ['reason'],
  close: ['reason'],
} as const
export type ActName = keyof typeof ACTS
export type ActField = (typeof ACTS)[ActName][number]

/** What was typed into a form of an act; '' for nothing. */
export type ActForm = Readonly<Record<ActField, string>>

/** An act that a form asks for. */
export type AskedAct = { name: ActName; accountId: string; form: ActForm }

/**
 * Does what a form asks for, once for each request key where money moves. Returns whether an earlier request did it.
 * Throws `invalid_input`, `not_found` and `insufficient_credits`.
 */
export function* perform(
  { name, accountId, form }: AskedAct,
  { author, entryId, requestKey }: Omit<MoneyAct, 'reason'>,
): TransactionBody<{ replayed: boolean }> {
  const reason = form.reason.trim()
  const act = { author, entryId, requestKey, reason }
  switch (name) {
    case 'credit':
      return yield* creditAccount({ accountId, amount: amountOf(form.amount) }, act)
    case 'refund': {
      const done = yield* refundGeneration({ generationId: form.generation.trim(), accountId }, act)
      if (done === null) throw refundedBefore()
      return done
    }
    case 'suspend':
      yield* suspendAccount(accountId, reason, author)
      break
    case 'resume':
      yield* resumeAccount(accountId, reason || null, author)
      break
    case 'close':
      yield* closeAccount(accountId, reason || null, author)
  }
  return { replayed: false }
}

/** Carries a result out of a transaction that is not committed. */
class Rehearsed<T> extends Error {
  readonly result: T
  constructor(result: T) {
    super('rehearsed')
    this.result = result
  }
}

/** Runs a unit and takes everything back that it wrote. Returns or throws what it would have: no rule is written twice. */
export async function rehearse<T>(
  db: Pick<Db, 'write'>,
  unit: () => TransactionBody<T>,
): Promise<T> {
  try {
    return await db.write(function* rehearsing(): TransactionBody<never> {
      throw new Rehearsed(yield* unit())
    })
  } catch (error) {
    if (error instanceof Rehearsed) return error.result as T
    throw error
  }
}

function amountOf(text: string): number {
  const amount = parseSignedUsd(text.trim().replace(/^(-?)\$/, '$1'))
  if (amount !== null) return amount
  throw new AppError('invalid_input', 'This is no amount of US dollars.', {
    hint: 'Give one such as 5, 0.50 or -2, with at most 6 decimals.',
  })
}

function refundedBefore(): AppError {
  return new AppError('invalid_input', 'This charge was given back before.', {
    hint: 'A charge can be given back once.',
  })
}
