import { execute, preparedQuery } from '../../db/db.ts'
import type { EntryTable } from '../../db/schema/ledger.ts'

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
