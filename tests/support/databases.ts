import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { loadConfig } from '../../src/config.ts'
import type { Db, Engine } from '../../src/db/db.ts'
import { openDb } from '../../src/db/queue.ts'
import { engineOfTest } from './homes.ts'

/** A new empty folder, removed at the end of its scope. */
export function temporaryFolder(): { path: string } & Disposable {
  const path = mkdtempSync(join(tmpdir(), 'inkwell-'))
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) }
}

/** Where the server of this run is: the environment variable that tells its processes. */
export const POSTGRES_URL = 'INKWELL_TEST_POSTGRES'

export type EngineName = 'sqlite' | 'postgres'

/** Every engine that a suite is to pass on. */
export const ENGINES: readonly EngineName[] =
  process.env[POSTGRES_URL] === undefined ? ['sqlite'] : ['sqlite', 'postgres']

/** A place for one ledger, with nothing in it, as INKWELL_DATABASE_URL names it. */
export type EmptyDatabase = Disposable & { url: string }

export async function emptyDatabase(engine: EngineName): Promise<EmptyDatabase> {
  if (engine === 'postgres') {
    // It goes with the server, at the end of the run.
    const [url = ''] = await newSchemas(process.env[POSTGRES_URL] ?? '', 1)
    return { url, [Symbol.dispose]: () => {} }
  }
  const folder = temporaryFolder()
  return {
    url: `sqlite:${join(folder.path, 'ledger.db')}`,
    [Symbol.dispose]: () => folder[Symbol.dispose](),
  }
}

/** New schemas on a server, as URLs of databases: databases would take ten times as long to make. */
export async function newSchemas(server: string, count: number): Promise<string[]> {
  const names = Array.from(
    { length: count },
    () => `test_${crypto.randomUUID().replaceAll('-', '')}`,
  )
  await administer(server, names.map((name) => `create schema ${name}`).join(';'))
  return names.map((name) => {
    const url = new URL(server)
    url.searchParams.set('options', `-csearch_path=${name}`)
    return url.href
  })
}

/** A new database of its own on a server, for what belongs to a whole database. It goes with the server. */
export async function newDatabase(server: string): Promise<string> {
  const name = `test_${crypto.randomUUID().replaceAll('-', '')}`
  await administer(server, `create database ${name}`)
  const url = new URL(server)
  url.pathname = name
  return url.href
}

/** Runs statements on a server, as its owner. */
export async function administer(server: string, sql: string): Promise<void> {
  const client = new pg.Client(server)
  await client.connect()
  try {
    await client.query(sql)
  } finally {
    await client.end()
  }
}

/** Opens the engine that a URL names, by the adapter that the app would take. */
export async function openEngine(url: string): Promise<Engine> {
  const { database } = loadConfig({ INKWELL_DATABASE_URL: url })
  if (database.engine === 'postgres') {
    const { openPostgres } = await import('../../src/db/postgres.ts')
    return await openPostgres(database.url)
  }
  const { openSqlite } = await import('../../src/db/sqlite/sqlite.ts')
  return await openSqlite(database.file)
}

export type TestDatabase = AsyncDisposable & {
  db: Db
  url: string
  /** Of a ledger that is one. */
  file: string
}

/** A real ledger of its own, opened. */
export async function temporaryLedger(engine: EngineName = engineOfTest()): Promise<TestDatabase> {
  const database = await emptyDatabase(engine)
  const db = openDb(await openEngine(database.url))
  return {
    db,
    url: database.url,
    file: database.url.replace('sqlite:', ''),
    [Symbol.asyncDispose]: async () => {
      await db.close()
      database[Symbol.dispose]()
    },
  }
}
