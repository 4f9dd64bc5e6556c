import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { firstOrThrow, query } from '../../src/db/db.ts'
import { openDb } from '../../src/db/queue.ts'
import { findAccount } from '../../src/ledger/queries/account.ts'
import { findDifference } from '../../src/verify.ts'
import { isOutput, preload, type Settings } from '../support/app.ts'
import { startRaw, type RawServer, type ToolResult } from '../support/clients.ts'
import { openEngine } from '../support/databases.ts'
import { startFalEmulator } from '../services/fal/emulator.ts'
import { within } from '../support/full-disk.ts'
import { CHEAP, GRANT, liveHome } from '../support/live.ts'
import { smallDisk } from '../support/small-disk.ts'

const COST = 3_000
/** A minute ahead: what the dead process held is free to be taken over. */
const LATER = preload('const now = Date.now; Date.now = () => now() + 60_000')

async function call(server: RawServer, name: string, args: object): Promise<ToolResult> {
  return (await server.request('tools/call', { name, arguments: args })).result as ToolResult
}

async function booksOf(url: string) {
  const db = openDb(await openEngine(url))
  try {
    return await db.read(function* look() {
      const { available, held } = firstOrThrow(yield* findAccount({ id: 'acct_local' }))
      const holds = yield* query((sql) => sql.selectFrom('hold').select('state'))
      const files = yield* query((sql) => sql.selectFrom('asset').select(['path', 'sha256']))
      const difference = yield* findDifference()
      return { available, held, holds: holds.map(({ state }) => state), files, difference }
    })
  } finally {
    await db.close()
  }
}

const PLACES: [what: string, on: (path: string) => Settings, freedFirst: boolean][] = [
  ['the image folder', (path) => ({ INKWELL_OUTPUT_DIR: join(path, 'images') }), false],
  ['the ledger', (path) => ({ INKWELL_DATABASE_URL: `sqlite:${path}/test.db` }), true],
  [
    'both',
    (path) => ({
      INKWELL_OUTPUT_DIR: join(path, 'images'),
      INKWELL_DATABASE_URL: `sqlite:${path}/test.db`,
    }),
    true,
  ],
]

test.each(PLACES)(
  'where %s was full and its process is killed, another one delivers, charged once',
  async (_, on, freedFirst) => {
    using disk = smallDisk(40)
    await using fal = await startFalEmulator({ runMs: 1_000 })
    using home = liveHome(fal)
    const env = { ...home.env, ...on(disk.path) }
    let id: string
    {
      await using server = startRaw(home, { env })
      await server.initialize()
      const answer = call(server, 'generateImage', CHEAP)
      await within(20_000, () => (fal.jobs[0]?.polls ?? 0) > 0)
      disk.fill()
      const { structuredContent } = await answer
      expect(structuredContent).toMatchObject({ status: 'running' })
      id = String(structuredContent?.['id'])
    } // SIGKILL
    if (freedFirst) disk.free() // a ledger on a full disk cannot even be opened
    await using other = startRaw(home, { env, nodeArgs: LATER })
    await other.initialize()
    if (!freedFirst) {
      await call(other, 'getGeneration', { id }) // which takes it over
      await within(20_000, async () => {
        const { content } = await call(other, 'getGeneration', { id })
        return JSON.stringify(content).includes('wait for disk space')
      })
      disk.free()
    }
    await within(60_000, async () => {
      const { structuredContent } = await call(other, 'getGeneration', { id })
      return structuredContent?.['status'] === 'completed'
    })
    const books = await booksOf(env['INKWELL_DATABASE_URL'] ?? '')
    expect(books).toMatchObject({ available: GRANT - COST, held: 0, holds: ['captured'] })
    expect(books.difference).toBeNull()
    const images = env['INKWELL_OUTPUT_DIR'] ?? join(home.path, 'images')
    expect(readdirSync(images).filter(isOutput)).toEqual(books.files.map(({ path }) => path))
    for (const { path, sha256 } of books.files)
      expect(
        createHash('sha256')
          .update(readFileSync(join(images, path)))
          .digest('hex'),
      ).toBe(sha256)
    expect([fal.jobs.length, fal.charges.length]).toEqual([1, 1])
  },
)
