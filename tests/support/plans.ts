import {
  firstOrThrow,
  type Compiled,
  type Db,
  type PendingQuery,
  type Row,
  type TransactionBody,
} from '../../src/db/db.ts'
import type { EngineName } from './databases.ts'

/** Runs a unit and keeps what it asked, by its text. */
export function* noting<T>(
  unit: TransactionBody<T>,
  asked: Map<string, Compiled>,
): TransactionBody<T> {
  let step = unit.next()
  while (step.done !== true) {
    const pending: PendingQuery = step.value
    const rows: Row[] = yield (...engine) => {
      const compiled = pending(...engine)
      for (const each of [compiled].flat()) asked.set(each.sql, each)
      return compiled
    }
    step = unit.next(rows)
  }
  return step.value
}

/** No table of this ledger gets statistics until it is analyzed: PostgreSQL must not take those of a table half full. */
const WITHOUT_AUTOVACUUM = `do $$ declare name text; begin
  for name in select tablename from pg_tables where schemaname = current_schema() loop
    execute format('alter table %I set (autovacuum_enabled = off)', name);
  end loop; end $$`

/** Leaves statistics to the test. SQLite takes none by itself. */
export async function keepUnanalyzed(db: Db, engine: EngineName): Promise<void> {
  if (engine === 'postgres') await run(db, WITHOUT_AUTOVACUUM)
}

async function run(db: Db, sql: string): Promise<void> {
  await db.write(function* once(): TransactionBody<void> {
    yield () => ({ sql, parameters: [] })
  })
}

/** Returns the one query of a step. */
export function queryOf(step: PendingQuery, ...engine: Parameters<PendingQuery>): Compiled {
  return firstOrThrow([step(...engine)].flat())
}

/** What a plan may do. */
export type PlanRules = {
  /** Rows that a step may read, and sort (on PostgreSQL, which tells them). */
  readMax: number
  sortedMax: number
  /** Steps of SQLite that no plan may have. */
  forbidden: RegExp
  /** Whether the rows of a statement are few by nature, so that it may sort them. */
  isSmall(query: Compiled): boolean
  /** The index that a statement must use; undefined for any. */
  indexOf(query: Compiled): RegExp | undefined
}

/** Returns what is wrong with the plans of statements, without statistics of their tables and then with them. */
export async function planFaults(
  db: Db,
  engine: EngineName,
  { statements, rules }: { statements: (analyzed: boolean) => Compiled[]; rules: PlanRules },
): Promise<{ analyzed: boolean; fault: string; sql: string }[]> {
  const found = []
  for (const analyzed of [false, true]) {
    if (analyzed) await run(db, 'analyze')
    for (const query of statements(analyzed))
      for (const fault of await faultsOf(db, { engine, query, rules }))
        found.push({ analyzed, fault, sql: query.sql })
  }
  return found
}

async function faultsOf(
  db: Db,
  { engine, query, rules }: { engine: EngineName; query: Compiled; rules: PlanRules },
): Promise<string[]> {
  if (engine === 'sqlite') return await sqliteFaults(db, query, rules)
  const found: string[] = []
  for (const cache of ['force_generic_plan', 'force_custom_plan'])
    for (const fault of postgresFaults(await postgresPlan(db, query, cache), {
      ...rules,
      sortedMax: rules.isSmall(query) ? rules.readMax : rules.sortedMax,
    }))
      found.push(`${cache}: ${fault}`)
  return found
}

/** SQLite looks at its value to choose a plan. */
const PLAIN_PARAMETER = /(?<!\+)\?/

/** What a plan of SQLite reads without the right index, or sorts. It does not tell how many rows that are. */
async function sqliteFaults(db: Db, query: Compiled, rules: PlanRules): Promise<string[]> {
  const { sql, parameters } = query
  const rows = await db.read<Row[]>(function* ask() {
    return yield () => ({ sql: `explain query plan ${sql}`, parameters })
  })
  const steps = rows.map(({ detail }) => String(detail))
  const expected = rules.indexOf(query)
  const isIndexed = expected === undefined || steps.some((step) => expected.test(step))
  return [
    ...(isIndexed ? [] : [`not by its index: ${steps.join('; ')}`]),
    ...(PLAIN_PARAMETER.test(sql.replaceAll("'?'", '')) ? ['planned again at each run'] : []),
    ...steps.filter((step) => rules.forbidden.test(step)),
    ...steps.filter((step) => /TEMP B-TREE FOR (?!LAST)/.test(step) && !rules.isSmall(query)),
  ]
}

type Node = {
  'Node Type': string
  'Relation Name'?: string
  'Actual Rows': number
  'Actual Loops': number
  'Rows Removed by Filter'?: number
  Plans?: Node[]
}

async function postgresPlan(db: Db, query: Compiled, cache: string): Promise<Node> {
  const name = `asked_${crypto.randomUUID().replaceAll('-', '')}`
  const [row] = await db.read<Row[]>(function* ask() {
    const say =
      (sql: string): PendingQuery =>
      () => ({ sql, parameters: [] })
    yield say(`set local plan_cache_mode = ${cache}`)
    yield say(`prepare ${name} as ${query.sql}`)
    const values = query.parameters.map((value) =>
      typeof value === 'string' ? `'${value.replaceAll("'", "''")}'` : String(value),
    )
    return yield say(
      `explain (analyze, format json) execute ${name}${values.length > 0 ? `(${values.join(', ')})` : ''}`,
    )
  })
  return (row as { 'QUERY PLAN': [{ Plan: Node }] })['QUERY PLAN'][0].Plan
}

/** The nodes of a plan of PostgreSQL that read or sorted more rows than a page needs. */
function postgresFaults(node: Node, limits: Pick<PlanRules, 'readMax' | 'sortedMax'>): string[] {
  const read = (node['Actual Rows'] + (node['Rows Removed by Filter'] ?? 0)) * node['Actual Loops']
  const most = node['Node Type'].includes('Sort') ? limits.sortedMax : limits.readMax
  return [
    ...(read > most ? [`${node['Node Type']} ${node['Relation Name'] ?? ''}: ${read} rows`] : []),
    ...(node.Plans ?? []).flatMap((plan) => postgresFaults(plan, limits)),
  ]
}
