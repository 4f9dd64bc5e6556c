import type { RawSql, Tables } from '../../db/db.ts'
import { eachSum, SUM_COLUMNS } from '../queries/sums.ts'

/**
 * The columns that this version writes in a batch. They are named, so that a column which a later version has added gets
 * its default: without names, its value would be null.
 */
export const COLUMNS = {
  hold: `id, account_id, session_id, key_id, fingerprint, state, billing, amount, captured, operation, model, modality,
    provider, day, created_at, expires_at, resolved_at, group_id`,
  budget: 'id, account_id, scope, subject, period, cap, held, spent',
  entry: `account_id, seq, id, kind, ref, at, day, debit, credit, amount, balance_after, held_after, billing,
    operation, model, modality, provider, session_id, key_id`,
  ...eachSum((table) => SUM_COLUMNS[table].join(', ')),
  generation: `id, account_id, idempotency_key, status, request, upstream_id, error, remarks, upstream_cost,
    upstream_jobs, lease_owner, lease_until, created_at, finished_at, fingerprint, answer, unsaved_at,
    forgotten_at`,
  asset: `id, account_id, generation_id, position, store, path, mime_type, width, height, bytes, sha256,
    source, former, created_at, used_at, removed_at`,
} as const satisfies Partial<Record<keyof Tables, string>>

/** Returns the start of an insert of rows, which are one JSON parameter keyed by column name. */
export function insertInto(sql: RawSql, table: keyof typeof COLUMNS, rows: string) {
  const columns = sql.raw(COLUMNS[table])
  return sql`insert into ${sql.table(table)} (${columns})
    select ${columns} from json_populate_recordset(null::${sql.table(table)}, ${rows})`
}
