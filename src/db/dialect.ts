import type { SelectQueryBuilder } from 'kysely'
import { SQLITE_SEARCH, POSTGRES_SEARCH, type Search } from './search.ts'

/** A statement of a migration. An optional one is left out on an engine that does not know it. */
export type Change = string | { optional: string }

type Trigger = { on: string; name: string; when: string; run: readonly string[] }

/** The SQL that differs between the engines. */
export type Dialect = {
  readonly name: 'sqlite' | 'postgres'
  /** Whether a query for many rows is one statement: see `forRows`. */
  readonly rowsTogether: boolean
  /** Column type of every amount, count and time. */
  readonly integer: string
  /**
   * The end of a `create table` statement. Hot: rows are rewritten all the time. Clustered: stored in its primary key,
   * where possible, which is a page less to write. Keyed: both.
   */
  readonly table: { plain: string; clustered: string; hot: string; keyed: string }
  /** Triggers that allow only inserts into this table. */
  appendOnly(this: void, table: string): Change[]
  /** A trigger that runs statements for each new row of a table, which it names `new`, if `when` holds. */
  afterInsert(this: void, trigger: Trigger): string[]
  /** Removes such a trigger. */
  dropTrigger(this: void, trigger: Pick<Trigger, 'on' | 'name'>): string[]
  /** Tells the planner which index of `entry` is the most selective, if it cannot find out by itself. */
  readonly entryStatistics: string[]
  /**
   * The same for new indexes of a table: for each index the number of rows that equal one in its first columns, of a
   * million.
   */
  statistics(this: void, table: string, indexes: Readonly<Record<string, string>>): string[]
  readonly search: Search
  /** Locks the selected rows, and skips those that another transaction has locked. */
  skipLocked<DB, TB extends keyof DB, O>(
    select: SelectQueryBuilder<DB, TB, O>,
  ): SelectQueryBuilder<DB, TB, O>
}

/** One writer at a time locks the whole file, so there are no row locks. */
export const SQLITE: Dialect = {
  name: 'sqlite',
  rowsTogether: false,
  integer: 'integer',
  table: {
    plain: ' strict',
    clustered: ' strict, without rowid',
    hot: ' strict',
    keyed: ' strict, without rowid',
  },
  appendOnly: (table) =>
    ['update', 'delete'].map(
      (change) => `create trigger ${table}_no_${change} before ${change} on ${table}
        begin select raise(abort, 'entries are only ever added'); end`,
    ),
  // Without statistics SQLite reads all entries of an account to find the few of a session.
  entryStatistics: [
    'analyze',
    ...sqliteStatistics('entry', {
      entry: '100000 1', // the primary key
      entry_by_session_id: '100000 10 1',
      entry_by_key_id: '100000 100 1',
      entry_by_operation: '100000 1000 1',
      entry_by_modality: '100000 10000 1',
    }),
  ],
  afterInsert: ({ on, name, when, run }) => [
    `create trigger ${name} after insert on ${on} when ${when} begin ${run.join('; ')}; end`,
  ],
  dropTrigger: ({ name }) => [`drop trigger ${name}`],
  statistics: sqliteStatistics,
  search: SQLITE_SEARCH,
  skipLocked: (select) => select,
}

/** Pages of hot tables stay half empty, so that rows are rewritten in place. */
export const POSTGRES: Dialect = {
  name: 'postgres',
  rowsTogether: true,
  integer: 'bigint',
  table: {
    plain: '',
    clustered: '',
    hot: ' with (fillfactor = 50)',
    keyed: ' with (fillfactor = 50)',
  },
  appendOnly: (table) => [
    `create function ${table}_append_only() returns trigger language plpgsql as
      $$ begin raise exception 'entries are only ever added'; end $$`,
    `create trigger ${table}_no_change before update or delete on ${table}
      for each row execute function ${table}_append_only()`,
    {
      optional: `create trigger ${table}_no_truncate before truncate on ${table}
        for each statement execute function ${table}_append_only()`,
    },
  ],
  afterInsert: ({ on, name, when, run }) => [
    `create function ${name}() returns trigger language plpgsql as $$ begin ${run.join('; ')}; return null; end $$`,
    `create trigger ${name} after insert on ${on} for each row when (${when}) execute function ${name}()`,
  ],
  dropTrigger: ({ on, name }) => [`drop trigger ${name} on ${on}`, `drop function ${name}()`],
  entryStatistics: [],
  statistics: () => [],
  search: POSTGRES_SEARCH,
  skipLocked: (select) => select.forUpdate().skipLocked(),
}

function sqliteStatistics(table: string, indexes: Readonly<Record<string, string>>): string[] {
  return [
    ...Object.entries(indexes).map(
      ([index, left]) =>
        `insert into sqlite_stat1 (tbl, idx, stat) values ('${table}', '${index}', '1000000 ${left}')`,
    ),
    'analyze sqlite_schema', // loads them in this connection, too
  ]
}
