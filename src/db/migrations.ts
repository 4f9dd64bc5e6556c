import { AppError } from '../errors.ts'
import { VERSION } from '../version.ts'
import { preparedQuery, type Engine, type Row, type TransactionBody } from './db.ts'
import type { Change, Dialect } from './dialect.ts'
import { initial } from './migrations/0001-initial.ts'
import { unpaidWork } from './migrations/0002-unpaid-work.ts'
import { uploads } from './migrations/0003-uploads.ts'
import { modelLists } from './migrations/0004-model-lists.ts'
import { answers } from './migrations/0005-answers.ts'
import { search } from './migrations/0006-search.ts'
import { refusals } from './migrations/0007-refusals.ts'
import { page } from './migrations/0008-page.ts'
import { verify } from './migrations/0009-verify.ts'
import { callCap } from './migrations/0010-call-cap.ts'
import { audit } from './migrations/0011-audit.ts'
import { files } from './migrations/0012-files.ts'
import { suspension } from './migrations/0013-suspension.ts'
import { connections } from './migrations/0014-connections.ts'
import { receipts } from './migrations/0015-receipts.ts'
import { groups } from './migrations/0016-groups.ts'
import { subjects } from './migrations/0017-subjects.ts'
import { adminKeys } from './migrations/0018-admin-keys.ts'
import { sources } from './migrations/0019-sources.ts'
import { alerts } from './migrations/0020-alerts.ts'
import { copies } from './migrations/0021-copies.ts'
import { approvals } from './migrations/0022-approvals.ts'
import { desk } from './migrations/0023-desk.ts'
import { pruning } from './migrations/0024-pruning.ts'
import { accountWebhooks } from './migrations/0025-account-webhooks.ts'
import { work } from './migrations/0026-work.ts'
import { sums } from './migrations/0027-sums.ts'
import { isUnsupported } from './sqlstate.ts'

type Migration = {
  /** Begins with its number, of four digits. The last one of a version is the schema of that version. */
  name: string
  /** The schema of the oldest version that may still run on a ledger with this change. */
  runsFrom: number
  changes: (dialect: Dialect) => readonly Change[]
}

/**
 * Every change of the schema, oldest first. New ones are appended; released ones are never edited. docs/releasing.md says
 * which `runsFrom` a change needs.
 */
const MIGRATIONS: readonly Migration[] = [
  { name: '0001-initial', runsFrom: 12, changes: initial },
  { name: '0002-unpaid-work', runsFrom: 12, changes: unpaidWork },
  { name: '0003-uploads', runsFrom: 12, changes: uploads },
  { name: '0004-model-lists', runsFrom: 12, changes: modelLists },
  { name: '0005-answers', runsFrom: 12, changes: answers },
  { name: '0006-search', runsFrom: 12, changes: search },
  { name: '0007-refusals', runsFrom: 12, changes: refusals },
  { name: '0008-page', runsFrom: 12, changes: page },
  { name: '0009-verify', runsFrom: 12, changes: verify },
  { name: '0010-call-cap', runsFrom: 12, changes: callCap },
  { name: '0011-audit', runsFrom: 12, changes: audit },
  { name: '0012-files', runsFrom: 12, changes: files },
  { name: '0013-suspension', runsFrom: 13, changes: suspension },
  { name: '0014-connections', runsFrom: 14, changes: connections },
  { name: '0015-receipts', runsFrom: 14, changes: receipts },
  { name: '0016-groups', runsFrom: 16, changes: groups },
  { name: '0017-subjects', runsFrom: 16, changes: subjects },
  { name: '0018-admin-keys', runsFrom: 16, changes: adminKeys },
  { name: '0019-sources', runsFrom: 16, changes: sources },
  { name: '0020-alerts', runsFrom: 16, changes: alerts },
  { name: '0021-copies', runsFrom: 16, changes: copies },
  { name: '0022-approvals', runsFrom: 22, changes: approvals },
  { name: '0023-desk', runsFrom: 22, changes: desk },
  { name: '0024-pruning', runsFrom: 22, changes: pruning },
  { name: '0025-account-webhooks', runsFrom: 22, changes: accountWebhooks },
  { name: '0026-work', runsFrom: 22, changes: work },
  { name: '0027-sums', runsFrom: 27, changes: sums },
]

/** The schema of this version: the number of the last change that it knows. */
const SCHEMA = Math.max(...MIGRATIONS.map(({ name }) => Number.parseInt(name, 10)))

/**
 * Brings the schema up to date. Several processes may do it at once. Throws `ledger_unavailable` if a newer version of
 * Inkwell has changed the schema so that this one can no longer run on it.
 */
export async function migrate(engine: Engine, dialect: Dialect): Promise<void> {
  const [outcome] = await engine.write([{ command: { single: apply }, args: dialect }])
  if (outcome?.ok === false) throw outcome.error
}

function* apply(dialect: Dialect): TransactionBody<void> {
  yield* raw(`create table if not exists migration
    (name text primary key, runs_from ${dialect.integer} not null, version text not null)`)
  const applied = yield* raw('select * from migration order by name')
  assertRuns(applied)
  const names = new Set(applied.map(({ name }) => name))
  for (const { name, runsFrom, changes } of MIGRATIONS.filter((each) => !names.has(each.name))) {
    // Waits for a process that has begun to apply it, and finds that it is done.
    const [ours] = yield* record({ name, runs_from: runsFrom, version: VERSION })
    if (ours === undefined) continue
    for (const change of changes(dialect))
      yield* typeof change === 'string' ? raw(change) : attempt(change.optional)
  }
}

/** Throws `ledger_unavailable` if this version does not run on a ledger with these changes. */
function assertRuns(applied: readonly Row[]): void {
  const known = new Set(MIGRATIONS.map(({ name }) => name))
  for (const { name, runs_from, version } of applied) {
    if (runs_from === undefined) throw unreleased()
    if (!known.has(String(name)) && Number(runs_from) > SCHEMA) throw outdated(String(version))
  }
}

function outdated(version: string): AppError {
  const message = `This ledger was changed by Inkwell ${version}, and older versions no longer run on it; this is ${VERSION}.`
  return new AppError('ledger_unavailable', message, {
    hint: 'Tell the operator of this server; nothing was charged.',
    localHint: `Update inkwell-mcp to ${version} or newer, or point INKWELL_HOME at another folder.`,
  })
}

function unreleased(): AppError {
  const message = 'This ledger was made before the first release of Inkwell.'
  return new AppError('ledger_unavailable', message, {
    hint: 'Tell the operator of this server; nothing was charged.',
    localHint: 'Export it with the version that made it, and import it into a new ledger.',
  })
}

/** Claims a change, and keeps other processes from applying it until the commit. Returns no row if it was applied. */
const record = preparedQuery(
  (db, p: { name: string; runs_from: number; version: string }, sql) => ({
    compile: () =>
      sql`insert into migration (name, runs_from, version) values (${p.name}, ${p.runs_from}, ${p.version})
        on conflict (name) do nothing returning name`.compile(db),
  }),
)

function* attempt(statement: string): TransactionBody<void> {
  yield* raw('savepoint optional')
  try {
    yield* raw(statement)
  } catch (error) {
    if (!isUnsupported(error)) throw error
    yield* raw('rollback to savepoint optional')
  }
  yield* raw('release savepoint optional')
}

function* raw(sql: string): TransactionBody<Row[]> {
  return yield () => ({ sql, parameters: [] })
}
