import type { SelectQueryBuilder } from 'kysely'
import { SQLITE_SEARCH, POSTGRES_SEARCH, type Search } from './search.ts'

/** The one place where the engines are asked for the same thing in different words. */
export type Dialect = {
  readonly name: 'sqlite' | 'postgres'
  /** Type of every amount, count and time. */
  readonly integer: string
  /** What ends the making of a table: a plain one, one whose rows are rewritten all the time, one that is its own index. */
  readonly table: { plain: string; hot: string; keyed: string }
  /** Refuses any change of a row of this table but its making. */
  appendOnly(table: string): string[]
  /** Tells the planner which index of entries narrows best, where it does not find out by itself. */
  readonly entryStatistics: string[]
  /** Keeps other processes out of a migration until it is committed. */
  readonly migrationLock: string[]
  readonly search: Search
  /** Takes the rows for this transaction, and passes over those that another one has taken. */
  skipLocked<DB, TB extends keyof DB, O>(
    select: SelectQueryBuilder<DB, TB, O>,
  ): SelectQueryBuilder<DB, TB, O>
}

/** One writer at a time has the whole file: there are no rows to lock. */
export const SQLITE: Dialect = {
  name: 'sqlite',
  integer: 'integer',
  table: { plain: ' strict', hot: ' strict', keyed: ' strict, without rowid' },
  appendOnly: (table) =>
    ['update', 'delete'].map(
      (change) => `create trigger ${table}_no_${change} before ${change} on ${table}
        begin select raise(abort, 'entries are only ever added'); end`,
    ),
  // Without statistics it looks through all entries of an account for the few of a session.
  entryStatistics: [
    'analyze',
    ...Object.entries({
      sqlite_autoindex_entry_2: '100000 1', // the primary key
      entry_by_session_id: '100000 10 1',
      entry_by_key_id: '100000 100 1',
      entry_by_operation: '100000 1000 1',
      entry_by_modality: '100000 10000 1',
    }).map(
      ([index, left]) =>
        `insert into sqlite_stat1 (tbl, idx, stat) values ('entry', '${index}', '1000000 ${left}')`,
    ),
    'analyze sqlite_schema', // this connection reads them too
  ],
  migrationLock: [],
  search: SQLITE_SEARCH,
  skipLocked: (select) => select,
}

/** Hot rows get room to be rewritten in place. */
export const POSTGRES: Dialect = {
  name: 'postgres',
  integer: 'bigint',
  table: { plain: '', hot: ' with (fillfactor = 50)', keyed: ' with (fillfactor = 50)' },
  appendOnly: (table) => [
    `create function ${table}_append_only() returns trigger language plpgsql as
      $$ begin raise exception 'entries are only ever added'; end $$`,
    `create trigger ${table}_no_change before update or delete on ${table}
      for each row execute function ${table}_append_only()`,
    `create trigger ${table}_no_truncate before truncate on ${table}
      for each statement execute function ${table}_append_only()`,
  ],
  entryStatistics: [],
  search: POSTGRES_SEARCH,
  migrationLock: [`select pg_advisory_xact_lock(hashtext('inkwell migrations'))`],
  skipLocked: (select) => select.forUpdate().skipLocked(),
}
