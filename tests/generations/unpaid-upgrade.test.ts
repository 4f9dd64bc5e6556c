import { expect, test } from 'vitest'
import type { TransactionBody } from '../../src/db/db.ts'
import { openDb } from '../../src/db/queue.ts'
import { findDifference } from '../../src/verify.ts'
import { openEngine, temporaryLedger } from '../support/databases.ts'
import { onEachEngine } from '../support/engines.ts'
import { BILLED, openAccounts, workOn } from '../support/upstream-orders.ts'

/** Makes a ledger what it was before unpaid work was on record. */
function* earlier(): TransactionBody<void> {
  for (const sql of [
    `delete from migration where name = '0002-unpaid-work'`,
    'drop table unpaid_job',
    'drop table upstream_day',
    'drop index generation_upstream',
    'drop index usage_day_by_day',
    'alter table generation drop column upstream_jobs',
  ])
    yield () => ({ sql, parameters: [] })
}

onEachEngine(() => {
  test('work at the service that runs while a ledger is upgraded is booked when it ends', async () => {
    await using before = await temporaryLedger()
    await openAccounts(before.db, 'acct_1')
    const work = workOn(before.db)
    for (const number of [1, 2, 3]) await work.begin(number)
    await work.deliver(1)
    await before.db.write(earlier)

    const db = openDb(await openEngine(before.url))
    const later = workOn(db)
    await later.deliver(2)
    await later.fail(3, BILLED)
    expect(await later.rows('select count, cost, unpaid_jobs from upstream_day')).toEqual([
      { count: 2, cost: 80_000, unpaid_jobs: 1 },
    ])
    expect(await db.read(findDifference)).toBeNull()
    await db.close()
  })
})
