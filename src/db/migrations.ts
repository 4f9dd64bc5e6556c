import { AppError } from '../errors.ts'
import { preparedQuery, type Engine, type Row, type TransactionBody } from './db.ts'
import type { Dialect } from './dialect.ts'
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

/** Every change of the schema, oldest first. New ones are appended; released ones are never edited. */
const MIGRATIONS: readonly [name: string, statements: (dialect: Dialect) => string[]][] = [
  ['0001-initial', initial],
  ['0002-unpaid-work', unpaidWork],
  ['0003-uploads', uploads],
  ['0004-model-lists', modelLists],
  ['0005-answers', answers],
  ['0006-search', search],
  ['0007-refusals', refusals],
  ['0008-page', page],
  ['0009-verify', verify],
  ['0010-call-cap', callCap],
  ['0011-audit', audit],
  ['0012-files', files],
  ['0013-suspension', suspension],
]

/**
 * Brings the schema up to date. Several processes may do it at once. Throws `ledger_unavailable` if a newer version
 * of Inkwell has already changed the schema further.
 */
export async function migrate(engine: Engine, dialect: Dialect): Promise<void> {
  const [outcome] = await engine.write([{ command: { single: apply }, args: dialect }])
  if (outcome?.ok === false) throw outcome.error
}

function* apply(dialect: Dialect): TransactionBody<void> {
  for (const lock of dialect.migrationLock) yield* raw(lock)
  yield* raw('create table if not exists migration (name text primary key)')
  const applied = (yield* raw('select name from migration')).map(({ name }) => name)
  if (applied.some((name) => !MIGRATIONS.some(([known]) => known === name))) {
    throw new AppError(
      'ledger_unavailable',
      'This ledger was written by a newer version of Inkwell.',
      {
        hint: 'Tell the operator of this server; nothing was charged.',
        localHint: 'Update inkwell-mcp, or point INKWELL_HOME at another folder.',
      },
    )
  }
  for (const [name, statements] of MIGRATIONS.filter(([known]) => !applied.includes(known))) {
    for (const change of statements(dialect)) yield* raw(change)
    yield* recordMigration({ name })
  }
}

const recordMigration = preparedQuery((db, p: { name: string }, sql) => ({
  compile: () => sql`insert into migration (name) values (${p.name})`.compile(db),
}))

function* raw(sql: string): TransactionBody<Row[]> {
  return yield () => ({ sql, parameters: [] })
}
