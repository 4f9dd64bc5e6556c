import type { Dialect } from '../dialect.ts'

/**
 * One index of entries by their work, in the order of their numbers, for four by one column each. Each index is written
 * with every charge.
 */
export function work({ statistics }: Dialect): string[] {
  return [
    ...['operation', 'modality', 'key_id', 'model'].map(
      (column) => `drop index entry_by_${column}`,
    ),
    `create index entry_by_work on entry (account_id, key_id, model, operation, modality, seq)`,
    ...statistics('entry', { entry_by_work: '100000 10000 500 500 500 1' }),
  ]
}
