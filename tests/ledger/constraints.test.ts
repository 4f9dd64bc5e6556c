import { describe, expect, test } from 'vitest'
import { capture, hold, openAccount } from '../../src/ledger/ledger.ts'
import { ENGINES, temporaryLedger } from '../support/databases.ts'
import { NO_CAPS, holdOf } from '../support/holds.ts'

const NOW = Date.UTC(2026, 10, 21, 12)
const ENTRY = `account_id, seq, id, kind, ref, at, day, debit, credit, amount, balance_after, held_after, billing`

/** What a bug in a statement might write, and how the engines name the constraint that refuses it. */
const REFUSED: [what: string, sql: string, ...constraints: string[]][] = [
  ['credits out of nothing', 'update account set available = available + 1', 'conservation'],
  ['credits lost', 'update account set spent = 0', 'conservation'],
  [
    'an overdraft',
    'update account set available = available - 5000001, spent = spent + 5000001',
    'available >= 0',
    'account_available_check',
  ],
  [
    'more given back than held',
    'update account set held = held - 50001, available = available + 50001',
    'held >= 0',
    'account_held_check',
  ],
  [
    'a debt beside credits',
    'update account set debt = 1, available = available + 1',
    'debt_or_credit',
  ],
  [
    'a budget above its cap',
    `update budget set held = held + 50001 where scope = 'session'`,
    'within_cap',
  ],
  [
    'a budget that holds less than nothing',
    'update budget set held = -1',
    'held >= 0',
    'budget_held_check',
  ],
  [
    'a capture above its hold',
    `update hold set state = 'captured', captured = 50001, resolved_at = 1 where state = 'held'`,
    'resolved',
  ],
  ['a capture of nothing said', `update hold set state = 'captured'`, 'resolved'],
  ['a hold opened again', `update hold set state = 'held' where state = 'captured'`, 'resolved'],
  [
    'the same charge twice',
    `insert into entry (${ENTRY}) select account_id, 9, id, kind, ref, at, day, debit, credit, amount, balance_after, held_after, billing from entry where kind = 'capture'`,
    'entry.kind, entry.ref',
    'entry_kind_ref_account_id_key',
  ],
  [
    'a charge with an id of its own',
    `insert into entry (${ENTRY}) select account_id, 9, 'other', kind, 'other_work', at, day, debit, credit, amount, balance_after, held_after, billing from entry where kind = 'capture'`,
    'charge_of_work',
  ],
  [
    'two entries with one id',
    `insert into entry (${ENTRY}) select account_id, 9, id, kind, 'other', at, day, debit, credit, amount, balance_after, held_after, billing from entry where kind = 'grant'`,
    'entry.id, entry.account_id',
    'entry_of_id',
  ],
  [
    'a second entry in one place',
    `insert into entry (${ENTRY}) select account_id, seq, 'other', 'refund', ref, at, day, debit, credit, amount, balance_after, held_after, billing from entry where kind = 'capture'`,
    'entry.account_id, entry.seq',
    'entry_pkey',
  ],
  [
    'an entry that moves nothing anywhere',
    `insert into entry (${ENTRY}) select account_id, 9, 'other', 'refund', ref, at, day, debit, debit, amount, balance_after, held_after, billing from entry where kind = 'capture'`,
    'debit <> credit',
    'entry_check',
  ],
  ['an entry changed', 'update entry set amount = 1', 'only ever added'],
  ['an entry removed', 'delete from entry', 'only ever added'],
]

describe.each(ENGINES)('on %s', (engine) => {
  test.each(REFUSED)('the database itself refuses %s', async (_, sql, ...constraints) => {
    await using ledger = await temporaryLedger(engine)
    await ledger.db.write(() => openAccount('acct_1', 'one', NOW))
    for (const id of ['gen_1', 'gen_2']) {
      await ledger.db.write(() =>
        hold(holdOf({ id, amount: 50_000 }), { ...NO_CAPS, session: 100_000 }),
      )
    }
    await ledger.db.write(() => capture('gen_1', 50_000, NOW))
    await expect(
      ledger.db.write(function* damage() {
        yield () => ({ sql, parameters: [] })
      }),
    ).rejects.toThrow(new RegExp(constraints.join('|')))
  })
})
