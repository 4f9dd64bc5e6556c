import type { ListedCaller } from '../../src/accounts/caller.ts'
import { callerOfKey } from '../../src/accounts/principal.ts'
import { loadConfig } from '../../src/config.ts'
import type { Command, Db, Row, TransactionBody } from '../../src/db/db.ts'
import { AppError, type ErrorCode } from '../../src/errors.ts'
import { admitLater } from '../../src/generations/admission.ts'
import { admissionOf, type Beginning } from '../../src/generations/begin.ts'
import { BEGIN, COMPLETE, FAIL } from '../../src/generations/commands.ts'
import { openAccount } from '../../src/ledger/ledger.ts'
import { micro } from '../../src/money.ts'
import { withBill, type UpstreamBill } from '../../src/providers/provider.ts'

const PRICE = 50_000
export const NOON = Date.UTC(2026, 10, 21, 12)
export const MINUTE_MS = 60_000

/** How many jobs of an account may end unpaid in an hour. */
export const LIMIT = 3

type Wish = { account?: string; model?: string; jobs?: number | null; at?: number }

/** A generation of one output that is $0.05, as its commands see it. */
function beginningOf(id: string, wish: Wish = {}): Beginning {
  const { account = 'acct_1', model = 'acme/a', jobs = 1, at = NOON } = wish
  const about = { operation: 'generateImage', model, count: 1 } as const
  const price = micro(PRICE)
  return {
    order: {
      id,
      request: { ...about, prompt: id, width: 64, height: 64 },
      quote: {
        ...about,
        endpoint: model,
        modality: 'image',
        provider: 'fal.ai',
        priceSource: 'default',
        unitPrice: price,
        price,
      },
      remarks: { adjusted: [], dropped: [] },
      saveAs: null,
      caller: callerIn(account),
      provider: 'fal.ai',
      idempotencyKey: null,
    },
    lease: { owner: 'test', until: at + MINUTE_MS },
    at,
    allowance: jobs === null ? null : { jobs, limit: LIMIT },
  }
}

function callerIn(account: string): ListedCaller {
  const caps = {
    session: null,
    day: null,
    month: null,
    total: null,
    call: null,
    approveAbove: null,
  }
  const models = { account: null, key: null }
  const principal = {
    account: { id: account, name: 'Ada' },
    keyId: account.replace('acct', 'key'),
    caps,
    models,
    group: null,
  }
  return callerOfKey({ ...principal, scopes: ['generate'] }, 'work', loadConfig({}))
}

/** What was done with generations on one ledger; each is told by its number. */
export type Work = {
  /** Answers whether it may be sent, or the code of its refusal. */
  begin(number: number, wish?: Wish): Promise<boolean | ErrorCode>
  /** Asks again whether one that waits may be sent. */
  ask(number: number, wish?: Wish): Promise<boolean | ErrorCode>
  fail(number: number, bill?: UpstreamBill, code?: ErrorCode, at?: number): Promise<boolean>
  deliver(number: number, done?: Delivery): Promise<boolean>
  rows(sql: string): Promise<Row[]>
}

type Delivery = { bill?: UpstreamBill; unpaid?: UpstreamBill; at?: number }

export type Apply = <A, T>(db: Db, command: Command<A, T>, args: A) => Promise<T>

/** A job that was billed at the price of what it makes. */
export const BILLED: UpstreamBill = { jobs: 1, cost: 40_000 }

/** Works on a ledger whose accounts are open. Its commands go by `apply`. */
export function workOn(
  db: Db,
  apply: Apply = (on, command, args) => on.apply(command, args),
): Work {
  const idOf = (number: number): string => `gen_${String(number).padStart(4, '0')}`
  const outcome = async (asked: Promise<boolean>): Promise<boolean | ErrorCode> => {
    try {
      return await asked
    } catch (error) {
      if (error instanceof AppError) return error.code
      throw error
    }
  }
  return {
    begin: (number, wish) =>
      outcome(apply(db, BEGIN, beginningOf(idOf(number), wish)).then(({ admitted }) => admitted)),
    ask: (number, wish = {}) => {
      const admission = admissionOf(beginningOf(idOf(number), wish))
      if (admission === null) throw new RangeError('it asks for nothing')
      return outcome(db.write(() => admitLater(admission, wish.at ?? NOON)))
    },
    fail: (number, bill, code = 'no_output', at = NOON) => {
      const failure = withBill(new AppError(code, 'It failed.', { hint: 'Try again.' }), bill)
      return apply(db, FAIL, { id: idOf(number), failure, at, state: 'released' })
    },
    deliver: (number, { bill = BILLED, unpaid, at = NOON } = {}) => {
      const id = idOf(number)
      const sizes = { width: 64, height: 64, bytes: 9, sha256: '00' }
      const place = { store: 'folder', path: `${id}.png`, source: null }
      const files = [{ ...place, mimeType: 'image/png', ...sizes }]
      const remarks = { notes: [], adjusted: [], dropped: [] }
      return apply(db, COMPLETE, {
        job: { id, accountId: 'acct_1', unitPrice: PRICE },
        result: { ...remarks, files, bill, ...(unpaid && { unpaid }) },
        at,
      })
    },
    rows: (sql) => db.read(() => rowsOf(sql)),
  }
}

/** Opens accounts, with sessions, so that their orders may be done as a set. */
export async function openAccounts(db: Db, ...ids: string[]): Promise<void> {
  for (const [place, id] of ids.entries()) {
    await db.write(() => openAccount(id, id, NOON))
    const work = workOn(db)
    await work.begin(9_000 + place, { account: id, jobs: null })
    await work.fail(9_000 + place)
  }
}

function* rowsOf(sql: string): TransactionBody<Row[]> {
  return yield () => ({ sql, parameters: [] })
}
