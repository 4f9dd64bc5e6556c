import {
  copyFileSync,
  existsSync,
  readdirSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { describe, expect, test } from 'vitest'
import { examine, inkwell, temporaryHome, type Home } from '../support/app.ts'
import { connectPinned, issued, openedAccount, serveHttp, type Json } from '../support/http.ts'

const WISH = { prompt: 'fog', imageSize: '64x64', preview: false }
const fileOf = (home: Home) => join(home.path, 'test.db')

/** Copies a ledger as a backup does, in one consistent state. */
async function backup(home: Home): Promise<string> {
  const copy = join(home.path, 'backup.db')
  const database = new Database(fileOf(home), { readonly: true })
  await database.backup(copy)
  database.close()
  return copy
}

/** Moves the commits from the WAL into the file. */
function checkpoint(home: Home): void {
  const database = new Database(fileOf(home))
  database.pragma('wal_checkpoint')
  database.close()
}

type Damage = [name: string, damage: (home: Home) => Promise<void> | void, words: string]

const WHILE_SERVING: Damage[] = [
  [
    'the home is removed',
    (home) => rmSync(home.path, { recursive: true }),
    'The ledger file was removed while it was in use',
  ],
  [
    'the file is swapped for a new one',
    (home) => {
      rmSync(fileOf(home))
      new Database(fileOf(home)).close()
    },
    'The ledger file was replaced by another file while it was in use',
  ],
  [
    'a backup is moved over it',
    async (home) => renameSync(await backup(home), fileOf(home)),
    'The ledger file was replaced by another file while it was in use',
  ],
  [
    'the file is cut in half',
    (home) => truncateSync(fileOf(home), 40_960),
    'The ledger file was cut short while it was in use',
  ],
  [
    'the file is emptied',
    (home) => truncateSync(fileOf(home), 0),
    'The ledger file was cut short while it was in use',
  ],
  [
    'the WAL is deleted',
    (home) => rmSync(`${fileOf(home)}-wal`),
    'The -wal file of the ledger was removed while it was in use',
  ],
]

describe.concurrent('while it serves:', () => {
  test.each(WHILE_SERVING)('%s', async (_, damage, words) => {
    using home = temporaryHome()
    const account = await openedAccount(home, 'A')
    const { key } = await issued(home, account)
    await using server = await serveHttp(home)
    await using client = await connectPinned(server, key)
    expect((await client.call('generateImage', WISH)).isError).toBeFalsy()
    checkpoint(home)
    expect((await server.get('/readyz')).status).toBe(200)
    await damage(home)
    const ready = await server.json('/readyz')
    expect(ready.status).toBe(503)
    expect(ready.body['message']).toContain(words)
    const { isError, structuredContent } = await client.call('generateImage', WISH)
    expect(isError).toBe(true)
    const { error } = structuredContent as { error: Json }
    expect(error).toMatchObject({ code: 'ledger_unavailable', charged: { micro: 0 } })
    expect(error['message']).toContain(words)
  })
})

/** A home in which one image was made and paid. */
async function used(): Promise<Home> {
  const home = temporaryHome()
  expect((await inkwell(home, ['call', 'generateImage', JSON.stringify(WISH)])).code).toBe(0)
  return home
}

const LOST = /missing or empty, but its counts of calls .* are still there.*ledger init --force/
const AT_START: [name: string, damage: (home: Home) => void, code: number, words: RegExp][] = [
  ['the file is missing', (home) => rmSync(fileOf(home)), 2, LOST],
  ['the file is empty', (home) => truncateSync(fileOf(home), 0), 2, LOST],
  [
    'only its images are left',
    (home) => {
      for (const name of readdirSync(home.path))
        if (name.startsWith('test.')) rmSync(join(home.path, name))
    },
    2,
    /but images that it paid for .* are still there/,
  ],
  [
    'the file is cut in half',
    (home) => truncateSync(fileOf(home), 40_960),
    1,
    /The ledger file is damaged.*\n.*restore a backup/,
  ],
  [
    'the file is something else',
    (home) => writeFileSync(fileOf(home), 'this is no database'.repeat(99)),
    1,
    /The ledger file is not an SQLite database.*\n.*INKWELL_HOME/,
  ],
]

describe.concurrent('at the start:', () => {
  test.each(AT_START)('%s', async (_, damage, code, words) => {
    using home = await used()
    damage(home)
    const ran = await inkwell(home, ['usage'])
    expect(ran).toMatchObject({ code, stdout: '' })
    expect(ran.stderr).toMatch(words)
    const stdio = await inkwell(home, [])
    expect(stdio.code).toBe(code === 2 ? 2 : 0) // stdio opens a ledger at its first call
  })

  test('a home that was removed is a new one', async () => {
    using home = await used()
    rmSync(home.path, { recursive: true })
    expect((await inkwell(home, ['usage'])).stdout).toContain('Balance: $5.00')
  })

  test('a backup in the place of the file goes on from its state', async () => {
    using home = await used()
    const copy = await backup(home)
    expect((await inkwell(home, ['call', 'generateImage', JSON.stringify(WISH)])).code).toBe(0)
    for (const suffix of ['-wal', '-shm']) rmSync(`${fileOf(home)}${suffix}`, { force: true })
    copyFileSync(copy, fileOf(home))
    expect((await inkwell(home, ['ledger', 'verify', '--full'])).code).toBe(0)
    expect((await examine(home)).available).toBe(4_950_000)
  })

  test('a new ledger begins where it is asked for, and keeps what is left of the old one', async () => {
    using home = await used()
    truncateSync(fileOf(home), 0)
    const refused = await inkwell(home, ['ledger', 'init'])
    expect(refused).toMatchObject({ code: 2, stdout: '' })
    expect(refused.stderr).toContain('--force')
    const begun = await inkwell(home, ['ledger', 'init', '--force'])
    expect(begun).toMatchObject({ code: 0, stderr: '' })
    expect(begun.stdout).toContain('A new ledger is there.')
    expect(readdirSync(home.path).filter((name) => name.includes('.lost-')).length).toBe(2)
    expect((await inkwell(home, ['usage'])).stdout).toContain('Balance: $5.00')
    expect((await inkwell(home, ['ledger', 'init', '--force'])).stdout).toContain(
      'nothing was changed',
    )
  })

  test('images of the other mode, a price file and an empty file do not stop a first start', async () => {
    using home = await used()
    const live = { env: { FAL_KEY: 'k:s' } }
    expect((await inkwell(home, ['usage'], live)).code).toBe(0)
    using other = temporaryHome()
    writeFileSync(join(other.path, 'prices.json'), '{}')
    writeFileSync(fileOf(other), '')
    expect((await inkwell(other, ['usage'])).code).toBe(0)
  })
})

test('a damaged count of calls is set aside with one warning, and calls go on', async () => {
  using home = await used()
  const counts = join(home.path, 'test.limits.db')
  writeFileSync(counts, 'this is no database'.repeat(99))
  const env = { INKWELL_LOG_LEVEL: 'warn' }
  const call = ['call', 'generateImage', JSON.stringify(WISH)]
  const first = await inkwell(home, call, { env })
  expect(first.code).toBe(0)
  expect(first.stderr.match(/limits\.damaged/g)).toHaveLength(1)
  expect(existsSync(counts)).toBe(true)
  expect(readdirSync(home.path).filter((name) => name.includes('.damaged-'))).toHaveLength(1)
  expect(await inkwell(home, call, { env })).toMatchObject({ code: 0, stderr: '' })
})

test('a file that another program keeps locked has words of its own', async () => {
  using home = await used()
  const other = new Database(fileOf(home))
  other.exec('begin immediate')
  const busy = await inkwell(home, ['accounts', 'create', '--name', 'A'])
  other.close()
  expect(busy.stderr).toMatch(
    /stayed locked by another program for 10 s.*\n.*Close what has the file open/,
  )
})
