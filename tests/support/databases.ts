import { cpSync, mkdtempSync, rmSync } from 'node:fs'
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

/** New schemas on a server, as URLs of databases: empty databases would take ten times as long to make. */
export async function newSchemas(server: string, count: number): Promise<string[]> {
  const names = newNames(count)
  await administer(server, names.map((name) => `create schema ${name}`).join(';'))
  return names.map((name) => {
    const url = new URL(server)
    url.searchParams.set('options', `-csearch_path=${name}`)
    return url.href
  })
}

/** Ledgers with all tables and nothing in them, to copy: the environment variables that tell where they are. */
export const TEMPLATES = {
  /** Of SQLite. */
  file: 'INKWELL_TEST_TEMPLATE_FILE',
  /** Name of a database on the server of this run. */
  database: 'INKWELL_TEST_TEMPLATE_DATABASE',
} as const

const ready: string[] = []
const made: string[] = []

/** Returns the ledgers on PostgreSQL that no test has taken yet, at least so many. Whoever needs one takes it out. */
export async function readyLedgers(count: number): Promise<string[]> {
  const { [TEMPLATES.database]: template, [POSTGRES_URL]: server = '' } = process.env
  const lacking = Math.max(0, count - ready.length)
  if (lacking === 0) return ready
  if (template === undefined) ready.push(...(await newSchemas(server, lacking)))
  else {
    const names = newNames(lacking)
    const copy = (name: string) => `create database ${name} template ${template} strategy file_copy`
    await administer(server, ...names.map(copy))
    made.push(...names)
    ready.push(...names.map((name) => databaseOn(server, name)))
  }
  return ready
}

/** Removes the ledgers that tests have taken, whoever is still connected. */
export async function dropTakenLedgers(): Promise<void> {
  const server = process.env[POSTGRES_URL] ?? ''
  const taken = made.filter((name) => !ready.includes(databaseOn(server, name)))
  if (taken.length === 0) return
  made.splice(0, made.length, ...made.filter((name) => !taken.includes(name)))
  await administer(server, ...taken.map((name) => `drop database ${name} with (force)`))
}

/** A new database of its own on a server, for what belongs to a whole database. It goes with the server. */
export async function newDatabase(server: string): Promise<string> {
  const [name = ''] = newNames(1)
  await administer(server, `create database ${name}`)
  return databaseOn(server, name)
}

function newNames(count: number): string[] {
  return Array.from({ length: count }, () => `test_${crypto.randomUUID().replaceAll('-', '')}`)
}

function databaseOn(server: string, name: string): string {
  const url = new URL(server)
  url.pathname = name
  return url.href
}

/** Runs statements on a server one after another, as its owner. */
export async function administer(server: string, ...statements: string[]): Promise<void> {
  const client = new pg.Client(server)
  await client.connect()
  try {
    for (const sql of statements) await client.query(sql)
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
  const database = await newLedger(engine)
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

/** A ledger that nobody has opened yet: a copy of the one that this run has made, or else an empty database. */
async function newLedger(engine: EngineName): Promise<EmptyDatabase> {
  if (engine === 'postgres') {
    const url = (await readyLedgers(1)).pop() ?? ''
    return { url, [Symbol.dispose]: () => {} }
  }
  const database = await emptyDatabase(engine)
  placeLedger(database.url.replace('sqlite:', ''))
  return database
}

/** Copies the ledger that this run has made to a file; without one, whoever opens the file makes the tables. */
export function placeLedger(file: string): void {
  const { [TEMPLATES.file]: template } = process.env
  if (template !== undefined) cpSync(template, file)
}
