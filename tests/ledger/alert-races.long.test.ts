import { expect, test } from 'vitest'
import { listAlerts } from '../../src/alerts/outbox.ts'
import { openAccount } from '../../src/ledger/ledger.ts'
import { available } from '../../src/ledger/refusal.ts'
import { findDifference } from '../../src/verify.ts'
import { temporaryLedger } from '../support/databases.ts'
import { onEachEngine } from '../support/engines.ts'
import { runTogether } from '../support/processes.ts'
import { ACCOUNT } from '../support/worker-jobs.ts'

const PROCESSES = 8
const CHARGES = 10_000
const AMOUNT = 450

onEachEngine(() => {
  test(`${CHARGES} charges from ${PROCESSES} processes tell each threshold once`, async () => {
    await using ledger = await temporaryLedger()
    const { db, url } = ledger
    await db.write(() => openAccount(ACCOUNT, 'Ada', Date.UTC(2026, 10, 21)))
    const before = await db.read(() => available(ACCOUNT))
    const jobs = Array.from({ length: PROCESSES }, (_, share) => ({
      do: 'charge' as const,
      url,
      ids: Array.from({ length: CHARGES / PROCESSES }, (__, number) => `gen_${share}_${number}`),
      amount: AMOUNT,
      dayCap: CHARGES * AMOUNT,
    }))
    const outcomes = (await runTogether(jobs)).flatMap((answer) => answer.outcomes)
    expect(outcomes.filter((outcome) => outcome !== 'ok')).toEqual([])
    expect(await db.read(() => available(ACCOUNT))).toBe(before - CHARGES * AMOUNT)
    const { alerts } = await db.read(() => listAlerts({ limit: 100 }))
    expect(alerts.map(({ kind, threshold }) => `${kind} ${threshold}`).toSorted()).toEqual([
      'balance.low 0',
      'budget.threshold 100',
      'budget.threshold 50',
      'budget.threshold 80',
    ])
    expect(await db.read(findDifference)).toBeNull()
  }, 180_000)
})
