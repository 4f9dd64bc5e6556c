import { join } from 'node:path'
import Database from 'better-sqlite3'
import { describe, expect, test } from 'vitest'
import { hold, openAccount } from '../../src/ledger/ledger.ts'
import { available } from '../../src/ledger/refusal.ts'
import { listActs } from '../../src/operator/audit.ts'
import { findDifference } from '../../src/verify.ts'
import type { Db } from '../../src/db/db.ts'
import { openSqlite } from '../../src/db/sqlite/sqlite.ts'
import {
  emptyDatabase,
  ENGINES,
  temporaryFolder,
  temporaryLedger,
  type EngineName,
} from '../support/databases.ts'
import { NO_CAPS, holdOf } from '../support/holds.ts'
import { runTogether } from '../support/processes.ts'
import { ACCOUNT } from '../support/worker-jobs.ts'

const NOW = Date.UTC(2026, 10, 21, 12)
const CALLS = Array.from({ length: 64 }, (_, number) => `gen_${number}`)

type Race = { amount: number; cap: number | null; spentBefore?: number }
type Run = (db: Db, url: string, race: Race) => Promise<string[]>

const inOneProcess: Run = async (db, _, { amount, cap }) => {
  const settled = await Promise.allSettled(
    CALLS.map((id) => {
      const request = holdOf({ id, amount, account_id: ACCOUNT, created_at: NOW })
      return db.write(() => hold(request, { ...NO_CAPS, session: cap }))
    }),
  )
  return settled.map((call) => (call.status === 'fulfilled' ? 'ok' : call.reason.code))
}

const inEightProcesses: Run = async (_, url, { amount, cap }) => {
  const shares = Array.from({ length: 8 }, (_, share) => CALLS.slice(share * 8, share * 8 + 8))
  const answers = await runTogether(shares.map((ids) => ({ do: 'hold', url, ids, amount, cap })))
  return answers.flatMap(({ outcomes }) => outcomes)
}

async function race(engine: EngineName, run: Run, { spentBefore = 0, ...race }: Race) {
  await using ledger = await temporaryLedger(engine)
  await ledger.db.write(() => openAccount(ACCOUNT, 'one', NOW))
  if (spentBefore > 0) {
    const request = holdOf({ id: 'gen_before', amount: spentBefore, session_id: 'ses_before' })
    await ledger.db.write(() => hold(request, NO_CAPS))
  }
  const outcomes = await run(ledger.db, ledger.url, race)
  expect(await ledger.db.read(findDifference)).toBeNull()
  return {
    passed: outcomes.filter((outcome) => outcome === 'ok').length,
    refusals: new Set(outcomes.filter((outcome) => outcome !== 'ok')),
    left: await ledger.db.read(() => available(ACCOUNT)),
  }
}

describe.each(ENGINES)('on %s,', (engine) => {
  describeRuns(engine, 'one process', inOneProcess)
  describeRuns(engine, 'eight processes', inEightProcesses)

  test('credits and corrections of four processes among paid calls of four others are each given once', async () => {
    await using ledger = await temporaryLedger(engine)
    await ledger.db.write(() => openAccount(ACCOUNT, 'one', NOW))
    const credits = Array.from({ length: 40 }, (_, number) => ({
      key: `${number}`,
      amount: number % 2 === 0 ? 1_000_000 : -1_500_000, // not all of these can be taken
    }))
    const { url } = ledger
    const answers = await runTogether([
      ...['a', 'b', 'c', 'd'].map((name) => ({ do: 'pairs', url, name, forMs: 1500 }) as const),
      ...[0, 10, 20, 30].map((from) => {
        const turned = [...credits.slice(from), ...credits.slice(0, from)]
        return { do: 'credit', url, credits: turned } as const
      }),
    ])
    const given = answers
      .slice(4)
      .flatMap(({ outcomes }, place) =>
        outcomes.flatMap((outcome, index) =>
          outcome === 'ok' ? [credits[(index + place * 10) % 40]?.amount ?? 0] : [],
        ),
      )
    const { acts } = await ledger.db.read(() => listActs({ limit: 1000 }))
    const byAmount = (a: number, b: number): number => a - b
    expect(acts.map(({ amount }) => amount ?? 0).toSorted(byAmount)).toEqual(
      given.toSorted(byAmount),
    )
    expect(new Set(acts.map(({ request_key }) => request_key)).size).toBe(acts.length)
    const spent = answers.reduce((sum, { pairs }) => sum + pairs, 0)
    expect(spent).toBeGreaterThan(0)
    const left = given.reduce((sum, amount) => sum + amount, 5_000_000 - spent)
    expect(await ledger.db.read(() => available(ACCOUNT))).toBe(left)
    expect(new Set(answers.flatMap(({ outcomes }) => outcomes))).toEqual(
      new Set(['ok', 'replay', 'insufficient_credits']),
    )
    expect(await ledger.db.read(findDifference)).toBeNull()
  })
})

function describeRuns(engine: EngineName, where: string, run: Run): void {
  test(`of 64 calls in ${where} against a session budget for two, exactly two pass`, async () => {
    expect(await race(engine, run, { amount: 50_000, cap: 149_999 })).toEqual({
      passed: 2,
      refusals: new Set(['session_budget_exceeded']),
      left: 4_900_000,
    })
  })

  test(`of 64 calls in ${where} for the last cents of a balance, exactly two pass`, async () => {
    expect(await race(engine, run, { amount: 50_000, cap: null, spentBefore: 4_899_999 })).toEqual({
      passed: 2,
      refusals: new Set(['insufficient_credits']),
      left: 1,
    })
  })

  test(`of 64 calls in ${where} that spend a balance exactly, none is refused`, async () => {
    expect(await race(engine, run, { amount: 78_125, cap: 5_000_000 })).toEqual({
      passed: 64,
      refusals: new Set(),
      left: 0,
    })
  })
}

test('four busy processes share one file fairly and none sees it busy', async () => {
  await using ledger = await temporaryLedger()
  await ledger.db.write(() => openAccount(ACCOUNT, 'one', NOW))
  const answers = await runTogether(
    ['a', 'b', 'c', 'd'].map((name) => ({ do: 'pairs', url: ledger.url, name, forMs: 2000 })),
  )
  expect(answers.flatMap(({ outcomes }) => outcomes)).toEqual([])
  const pairs = answers.map((answer) => answer.pairs)
  const mean = pairs.reduce((sum, each) => sum + each, 0) / pairs.length
  expect(Math.min(...pairs)).toBeGreaterThanOrEqual(mean / 2)
  expect(await ledger.db.read(findDifference)).toBeNull()
})

test('a new ledger that another process is making is waited for', async () => {
  using folder = temporaryFolder()
  const file = join(folder.path, 'ledger.db')
  const other = new Database(file)
  other.exec('begin exclusive')
  const opening = openSqlite(file)
  setTimeout(() => other.exec('rollback'), 50)
  await expect(opening.then((engine) => engine.close())).resolves.toBeUndefined()
  other.close()
})

test('processes that open a new ledger at the same time all succeed', async () => {
  for (const attempt of [1, 2, 3, 4, 5]) {
    using folder = temporaryFolder()
    const url = `sqlite:${join(folder.path, 'new', `${attempt}.db`)}`
    const opened = await runTogether([1, 2].map(() => ({ do: 'open', url })))
    expect(opened.map(({ outcomes }) => outcomes)).toEqual([['ok'], ['ok']])
  }
})

test.runIf(ENGINES.includes('postgres'))(
  'servers that start on an empty PostgreSQL database at the same time all succeed',
  async () => {
    using database = await emptyDatabase('postgres')
    const { url } = database
    const opened = await runTogether([1, 2, 3, 4].map(() => ({ do: 'open', url })))
    expect(opened.map(({ outcomes }) => outcomes)).toEqual([['ok'], ['ok'], ['ok'], ['ok']])
  },
)
