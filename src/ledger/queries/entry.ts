import { execute, preparedQuery } from '../../db/db.ts'
import type { EntryTable, UsageDayTable } from '../../db/schema/ledger.ts'

export const insertEntry = execute((db, p: EntryTable) =>
  db.insertInto('entry').values({
    account_id: p.account_id,
    seq: p.seq,
    id: p.id,
    kind: p.kind,
    ref: p.ref,
    at: p.at,
    day: p.day,
    debit: p.debit,
    credit: p.credit,
    amount: p.amount,
    balance_after: p.balance_after,
    held_after: p.held_after,
    billing: p.billing,
    operation: p.operation,
    model: p.model,
    modality: p.modality,
    provider: p.provider,
    session_id: p.session_id,
    key_id: p.key_id,
  }),
)

export const findEntry = preparedQuery((db, p: { ref: string; kind: string }) =>
  db
    .selectFrom('entry')
    .selectAll()
    .where('ref', '=', p.ref)
    .where('kind', '=', p.kind as EntryTable['kind']),
)

/** Adds captures to the daily roll-up. */
export const addToUsageDay = execute((db, p: UsageDayTable, sql) =>
  db
    .insertInto('usage_day')
    .values({
      account_id: p.account_id,
      day: p.day,
      key_id: p.key_id,
      model: p.model,
      operation: p.operation,
      modality: p.modality,
      billing: p.billing,
      count: p.count,
      amount: p.amount,
    })
    .onConflict((on) =>
      on
        .columns(['account_id', 'day', 'key_id', 'model', 'operation', 'modality', 'billing'])
        .doUpdateSet({
          count: sql<number>`usage_day.count + excluded.count`,
          amount: sql<number>`usage_day.amount + excluded.amount`,
        }),
    ),
)

/** Subtracts one refunded capture from the day of its charge. */
export const takeFromUsageDay = execute((db, p: Omit<UsageDayTable, 'count'>) =>
  db
    .updateTable('usage_day')
    .set((eb) => ({ count: eb('count', '-', 1), amount: eb('amount', '-', p.amount) }))
    .where('account_id', '=', p.account_id)
    .where('day', '=', p.day)
    .where('key_id', '=', p.key_id)
    .where('model', '=', p.model)
    .where('operation', '=', p.operation)
    .where('modality', '=', p.modality)
    .where('billing', '=', p.billing),
)
