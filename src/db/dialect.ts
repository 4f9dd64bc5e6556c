import type { SelectQueryBuilder } from 'kysely'
import { SQLITE_SEARCH, POSTGRES_SEARCH, type Search } from './search.ts'

/** The SQL that differs between the engines. */
export type Dialect = {
  readonly name: 'sqlite' | 'postgres'
  /** Column type of every amount, count and time. */
  readonly integer: string
  /**
   * The end of a `create table` statement. Hot: rows are rewritten all the time. Keyed: stored in its primary key,
   * where possible.
   */
  readonly table: { plain: string; hot: string; keyed: string }
  /** Triggers that allow only inserts into this table. */
  appendOnly(table: string): string[]
  /** Tells the planner which index of `entry` is the most selective, if it cannot find out by itself. */
  readonly entryStatistics: string[]
  /** Keeps other processes out of a migration until its commit. */
  readonly migrationLock: string[]
  readonly search: Search
  /** Locks the selected rows, and skips those that another transaction has locked. */
  skipLocked<DB, TB extends keyof DB, O>(
    select: SelectQueryBuilder<DB, TB, O>,
  ): SelectQueryBuilder<DB, TB, O>
}

/** One writer at a time locks the whole file, so there are no row locks. */
export const SQLITE: Dialect = {
  name: 'sqlite',
  integer: 'integer',
  table: { plain: ' strict', hot: ' strict', keyed: ' strict, without rowid' },
  appendOnly: (table) =>
    ['update', 'delete'].map(
      (change) => `create trigger ${table}_no_${change} before ${change} on ${table}
        begin select raise(abort, 'entries are only ever added'); end`,
    ),
  // Without statistics SQLite reads all entries of an account to find the few of a session.
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
    'analyze sqlite_schema', // loads them in this connection, too
  ],
  migrationLock: [],
  search: SQLITE_SEARCH,
  skipLocked: (select) => select,
}

/** Pages of hot tables stay half empty, so that rows are rewritten in place. */
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
