import { createHash } from 'node:crypto'
import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { DUMPED_TABLES } from '../../src/db/dump.ts'
import { refundOf } from '../support/operator-acts.ts'
import { ACCOUNT, book, examine, inkwell, temporaryHome, type Home } from '../support/app.ts'
import { connectV2 } from '../support/clients.ts'
import { emptyDatabase } from '../support/databases.ts'
import { issued, openedAccount } from '../support/http.ts'

const DAY = Date.UTC(2026, 1, 20)

/** A ledger with work, a refund, a key, a session and generations, and a file to export it to. */
async function worked(): Promise<Home & { file: string }> {
  const home = temporaryHome()
  await book(
    home,
    Array.from({ length: 450 }, (_, index) => ({ at: DAY + index, cost: 1_000 + index })),
    DAY,
  )
  await home.withLedger((db) =>
    db.write(() => refundOf({ accountId: ACCOUNT, id: 'gen_000025' }, DAY + 1_000)),
  )
  await issued(home, await openedAccount(home, "Ada 'the first' \u{1F58B}"))
  await inkwell(home, [
    'call',
    'generateImage',
    '{"prompt":"a \\"quoted\\" tile\\n","imageSize":{"width":64,"height":64}}',
  ])
  return { ...home, file: join(home.path, 'ledger.jsonl') }
}

let home: Home & { file: string }
beforeAll(async () => {
  home = await worked()
  await inkwell(home, ['ledger', 'export', home.file])
})
afterAll(() => home[Symbol.dispose]())

const tablesOf = (home: Home): string[] => {
  const database = new Database(join(home.path, 'test.db'), { readonly: true })
  const names = database
    .prepare<[], { name: string }>(
      `select name from sqlite_master where type = 'table' and name not like 'sqlite_%'`,
    )
    .all()
  database.close()
  return names.map(({ name }) => name)
}

test('a ledger is exported and imported whole: the same reports, balances and proof', async () => {
  using home = await worked()
  const exported = await inkwell(home, ['ledger', 'export', home.file])
  expect(exported).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^ {2}\d+ rows are in /),
  })
  expect(statSync(home.file).mode & 0o777).toBe(0o600)
  using other = temporaryHome()
  const imported = await inkwell(other, ['ledger', 'import', home.file])
  expect(imported).toMatchObject({ code: 0, stdout: expect.stringContaining('verified') })
  expect(await examine(other)).toEqual(await examine(home))
  for (const report of [
    ['usage', 'history', '-d', '366'],
    ['accounts', 'list'],
    ['keys', 'list'],
  ])
    expect(await inkwell(other, report)).toEqual(await inkwell(home, report))
  using third = temporaryHome()
  const again = join(other.path, 'again.jsonl')
  await inkwell(other, ['ledger', 'export', again])
  expect(readFileSync(again, 'utf8')).toBe(readFileSync(home.file, 'utf8'))
  expect((await inkwell(third, ['ledger', 'import', again])).code).toBe(0)
})

test('a ledger moves from SQLite to PostgreSQL and back', async () => {
  const { url } = await emptyDatabase('postgres')
  using team = temporaryHome({ INKWELL_DATABASE_URL: url })
  const imported = await inkwell(team, ['ledger', 'import', home.file])
  expect(imported).toMatchObject({ code: 0, stdout: expect.stringContaining('verified') })
  for (const report of [
    ['usage', 'history', '-d', '366'],
    ['keys', 'list'],
    ['ledger', 'verify'],
  ])
    expect(await inkwell(team, report)).toEqual(await inkwell(home, report))
  const file = join(team.path, 'back.jsonl')
  expect((await inkwell(team, ['ledger', 'export', file])).code).toBe(0)
  using other = temporaryHome()
  expect((await inkwell(other, ['ledger', 'import', file])).code).toBe(0)
  expect(await examine(other)).toEqual(await examine(home))
})

test('an export of an older version, whose tables had fewer columns, is imported', async () => {
  const older = join(home.path, 'older.jsonl')
  const lines = readFileSync(home.file, 'utf8').replaceAll(',"models":null', '').split('\n')
  const body = lines.slice(0, -2).map((line) => `${line}\n`)
  const sha256 = createHash('sha256').update(body.join('')).digest('hex')
  writeFileSync(older, `${body.join('')}${JSON.stringify({ rows: body.length - 1, sha256 })}\n`)
  using other = temporaryHome()
  expect(await inkwell(other, ['ledger', 'import', older])).toMatchObject({ code: 0, stderr: '' })
  expect(await examine(other)).toEqual(await examine(home))
})

test('every table is exported but who is signed in to the page, what was proven, and what follows from the others', () => {
  const tables = tablesOf(home).filter((name) => !name.startsWith('prompt_search'))
  expect(tables.toSorted()).toEqual(
    [
      ...DUMPED_TABLES,
      'page_session',
      'admin_session',
      'oauth_record',
      'proof',
      'migration',
      'usage_month',
      'usage_session_day',
    ].toSorted(),
  )
})

test.each([
  ['its last line', (lines: string[]) => lines.slice(0, -1)],
  ['a row', (lines: string[]) => lines.toSpliced(5, 1)],
  ['its first line', (lines: string[]) => lines.slice(1)],
  ['everything', () => ['']],
  ['the end of a line', (lines: string[]) => [...lines.slice(0, 9), lines[9]?.slice(0, 20) ?? '']],
  ['an amount as it was', (lines: string[]) => lines.map((line) => line.replace('1449', '1448'))],
  [
    'its own format',
    (lines: string[]) => lines.map((line) => line.replace('ledger 1', 'ledger 9')),
  ],
])('a file without %s is refused, and the ledger stays empty', async (_, change) => {
  using other = temporaryHome()
  const changed = join(other.path, 'changed.jsonl')
  writeFileSync(changed, change(readFileSync(home.file, 'utf8').trimEnd().split('\n')).join('\n'))
  const ran = await inkwell(other, ['ledger', 'import', changed])
  expect(ran).toMatchObject({ code: 2, stderr: expect.stringContaining('Export it again') })
  expect((await examine(other)).transactions).toEqual([])
})

test('a file of an older version is imported, without the columns that have come since', async () => {
  const since: Record<string, string[]> = { asset: ['used_at'], generation: ['unsaved_at'] }
  type Line = { table?: string; row?: Record<string, unknown>; rows?: number }
  const lines = readFileSync(home.file, 'utf8')
    .trimEnd()
    .split('\n')
    .map((text) => JSON.parse(text) as Line)
  for (const { table = '', row = {} } of lines)
    for (const column of since[table] ?? []) delete row[column]
  const body = lines.slice(0, -1).map((line) => `${JSON.stringify(line)}\n`)
  const sha256 = createHash('sha256').update(body.join('')).digest('hex')
  using other = temporaryHome()
  const older = join(other.path, 'older.jsonl')
  writeFileSync(older, [...body, JSON.stringify({ rows: lines.at(-1)?.rows, sha256 })].join(''))
  expect(body.join('')).not.toContain('unsaved_at')
  expect((await inkwell(other, ['ledger', 'import', older])).code).toBe(0)
  expect(await examine(other)).toEqual(await examine(home))
})

test('a ledger that has accounts takes no import, and a file that is there no export', async () => {
  const before = await examine(home)
  const ran = await inkwell(home, ['ledger', 'import', home.file])
  expect(ran).toMatchObject({ code: 2, stderr: expect.stringContaining('not empty') })
  expect(await examine(home)).toEqual(before)
  expect((await inkwell(home, ['ledger', 'export', home.file])).code).toBe(2)
  expect((await inkwell(home, ['ledger', 'import', '/nowhere/x'])).code).toBe(2)
})

test('a ledger of the other mode is refused', async () => {
  using other = temporaryHome({ FAL_KEY: 'a:b' })
  const ran = await inkwell(other, ['ledger', 'import', home.file])
  expect(ran).toMatchObject({ code: 2, stderr: expect.stringContaining('test mode') })
})

test('copies taken while an agent works prove: an export, and a backup of the file', async () => {
  await using agent = await connectV2(home)
  const tile = { prompt: 'tile', imageSize: { width: 64, height: 64 }, preview: false }
  const working = Array.from({ length: 30 }, () => agent.call('generateImage', tile))
  await working[0]
  const file = join(home.path, 'under-load.jsonl')
  await inkwell(home, ['ledger', 'export', file])
  const source = new Database(join(home.path, 'test.db'), { readonly: true })
  using copy = temporaryHome()
  await source.backup(join(copy.path, 'test.db'))
  source.close()
  await Promise.all(working)
  using other = temporaryHome()
  expect((await inkwell(other, ['ledger', 'import', file])).code).toBe(0)
  for (const taken of [other, copy]) expect((await examine(taken)).difference).toBeNull()
})
