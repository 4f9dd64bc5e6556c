import * as z from 'zod'
import { crypto } from '../crypto.ts'
import { AppError, type Hints } from '../errors.ts'
import { query, type QueryBuilder, type Row, type Tables, type TransactionBody } from './db.ts'

/**
 * Not dumped: the sign-ins to the pages and of remote hosts, what was proven (an imported ledger is proven from its first entry), and
 * sums that are made anew from the entries.
 */
type TableName = Exclude<
  keyof Tables,
  'page_session' | 'admin_session' | 'oauth_record' | 'proof' | 'usage_session_day' | 'usage_month'
>

/** Every table with its primary key, in the order of the dump. */
const KEYS: { readonly [T in TableName]: readonly (keyof Tables[T] & string)[] } = {
  ledger_info: ['name'],
  account: ['id'],
  budget: ['id'],
  session: ['id'],
  api_key: ['id'],
  connection: ['key_id'],
  key_group: ['id'],
  subject: ['issuer', 'subject'],
  invitation: ['email'],
  mcp_session: ['id'],
  hold: ['id'],
  entry: ['account_id', 'seq'],
  usage_day: ['account_id', 'day', 'key_id', 'model', 'operation', 'modality', 'billing'],
  generation: ['id'],
  approval: ['id'],
  unpaid_job: ['id'],
  upstream_day: ['day', 'account_id', 'model'],
  refused_call: ['id'],
  asset: ['id'],
  purchase: ['id'],
  test_checkout: ['id'],
  event_cursor: ['service'],
  dead_letter_event: ['id'],
  clock_change: ['account_id', 'seq'],
  audit: ['id'],
  admin_key: ['id'],
  signing_key: ['number'],
  alert: ['account_id', 'kind', 'subject', 'period', 'threshold', 'cap'],
  alert_receiver: ['account_id'],
  alert_delivery: ['id'],
}

/** The names of the dumped tables, in the order of the dump. */
export const DUMPED_TABLES = Object.keys(KEYS) as TableName[]

/** Rows read or written at a time. */
const PAGE = 200
const FORMAT = 'inkwell ledger 1'
const INFO: TableName = 'ledger_info'

const HeaderShape = z.strictObject({ format: z.literal(FORMAT), mode: z.string() })
const RowShape = z.strictObject({
  table: z.enum(DUMPED_TABLES),
  row: z.record(z.string(), z.union([z.string(), z.int(), z.null()])),
})
/** The last line. Covers all lines before it: the number of rows, and the SHA-256 of their bytes in hex. */
const EndShape = z.strictObject({ rows: z.int(), sha256: z.string() })
const LineShape = z.union([RowShape, HeaderShape, EndShape])

type Header = z.infer<typeof HeaderShape>
type RowLine = z.infer<typeof RowShape>
type End = z.infer<typeof EndShape>
type Line = z.infer<typeof LineShape>

/** Writes a whole ledger as lines of JSON, from one consistent snapshot. Returns the number of rows. */
export function* dump(mode: string, write: (line: string) => void): TransactionBody<number> {
  const hash = crypto().createHash('sha256')
  const writeLine = (line: object): void => {
    const text = `${JSON.stringify(line)}\n`
    hash.update(text)
    write(text)
  }
  let rows = 0
  writeLine({ format: FORMAT, mode })
  for (const table of DUMPED_TABLES) {
    for (let last: Row | undefined, full = true; full;) {
      const page: Row[] = yield* pageAfter(table, last)
      for (const row of page) writeLine({ table, row })
      rows += page.length
      last = page.at(-1)
      full = page.length === PAGE
    }
  }
  write(`${JSON.stringify({ rows, sha256: hash.digest('hex') } satisfies Line)}\n`)
  return rows
}

function* pageAfter(table: TableName, last: Row | undefined): TransactionBody<Row[]> {
  return yield (builder, sql) => {
    const key = KEYS[table].map((name) => sql.ref(name))
    const after =
      last === undefined
        ? sql``
        : sql`where (${sql.join(key)}) > (${sql.join(KEYS[table].map((name) => last[name]))})`
    return sql`select * from ${sql.table(table)} ${after} order by ${sql.join(key)} limit ${sql.lit(PAGE)}`.compile(
      builder,
    )
  }
}

/**
 * Fills an empty ledger from the lines of a dump, but for the sums that are not dumped, and reads every row back. Returns
 * the number of rows. Throws `invalid_input` and stores nothing if the ledger is not empty or has another mode, or if the
 * dump is incomplete.
 */
export function* restore(mode: string, lines: Iterable<string>): TransactionBody<number> {
  yield* assertEmpty()
  const hash = crypto().createHash('sha256')
  let header: Header | undefined
  let end: End | undefined
  let batch: RowLine[] = []
  let rows = 0
  for (const text of lines) {
    const line = parse(text)
    if (end !== undefined || (header === undefined) !== 'format' in line) throw incompleteDump()
    if ('sha256' in line) {
      end = line
      continue
    }
    hash.update(`${text}\n`)
    if ('format' in line) {
      header = sameMode(line, mode)
      continue
    }
    if (batch.length === PAGE || batch[0]?.table !== line.table) {
      yield* copy(batch)
      batch = []
    }
    batch.push(line)
    rows += 1
  }
  yield* copy(batch)
  if (end?.rows !== rows || end.sha256 !== hash.digest('hex')) throw incompleteDump()
  return rows
}

function* assertEmpty(): TransactionBody<void> {
  const [account] = yield* query((db) => db.selectFrom('account').select('id').limit(1))
  if (account === undefined) return
  throw refused('This ledger is not empty.', {
    hint: 'Import into a new database.',
    localHint: 'INKWELL_DATABASE_URL or INKWELL_HOME names it.',
  })
}

/** Writes rows of one table and reads them back by their keys. Throws if one differs from what was written. */
function* copy(lines: readonly RowLine[]): TransactionBody<void> {
  const [{ table } = { table: undefined }] = lines
  if (table === undefined) return
  const rows = lines
    .map(({ row }) => row)
    .filter(({ name }) => !(table === INFO && name === 'mode'))
  if (rows.length === 0) return // an open ledger has its mode already
  const build = (db: QueryBuilder) => db.insertInto(table).values(rows)
  yield* query<unknown>(build)
  const keyed = (row: Row) => Object.fromEntries(KEYS[table].map((name) => [name, row[name]]))
  const found: Row[] = yield* query((db) =>
    db
      .selectFrom(table)
      .selectAll()
      .where((eb) => eb.or(rows.map((row) => eb.and(keyed(row) as never)))),
  )
  const columns = Object.keys(rows[0] ?? {}) // a file of an older version may have fewer than the table
  const texts = new Set(found.map((row) => sorted(pick(row, columns))))
  const missing = rows.find((row) => !texts.has(sorted(row)))
  if (missing === undefined && found.length === rows.length) return
  throw new Error(`a row of ${table} was not read back as it was written`)
}

function pick(row: Row, columns: readonly string[]): Row {
  return Object.fromEntries(columns.map((name) => [name, row[name]]))
}

function sorted(row: Row): string {
  return JSON.stringify(Object.entries(row).toSorted(([a], [b]) => (a < b ? -1 : 1)))
}

function parse(text: string): Line {
  try {
    return LineShape.parse(JSON.parse(text))
  } catch (cause) {
    throw incompleteDump(cause)
  }
}

function sameMode(header: Header, mode: string): Header {
  if (header.mode === mode) return header
  const message = `This is a dump of a ledger in ${header.mode} mode; this ledger is in ${mode} mode.`
  throw refused(message, {
    hint: 'A ledger keeps its mode for ever.',
    localHint: 'FAL_KEY decides which one is opened.',
  })
}

function incompleteDump(cause?: unknown): AppError {
  const message = 'This is no whole dump of a ledger: it was cut off or changed.'
  return refused(
    message,
    {
      hint: 'Export it again.',
      localHint: '`inkwell ledger export <file>` does, where the ledger is.',
    },
    cause,
  )
}

function refused(message: string, hints: Hints, cause?: unknown): AppError {
  return new AppError('invalid_input', message, { ...hints, cause })
}
