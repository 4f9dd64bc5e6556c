import { spawn } from 'node:child_process'
import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import { delimiter, join, resolve } from 'node:path'
import { text } from 'node:stream/consumers'
import sharp from 'sharp'
import type { Db } from '../../src/db/db.ts'
import { openDb } from '../../src/db/queue.ts'
import { capture, hold, openAccount } from '../../src/ledger/ledger.ts'
import { available } from '../../src/ledger/refusal.ts'
import { bindMode } from '../../src/ledger/metadata.ts'
import { findDifference } from '../../src/verify.ts'
import { listTransactions } from '../../src/usage/transactions.ts'
import { openEngine, placeLedger, temporaryFolder } from './databases.ts'
import { databaseOf } from './homes.ts'
import { NO_CAPS, holdOf } from './holds.ts'
import { ARGS, CACHE, COMMAND, FROM_SOURCES, REPOSITORY } from './program.ts'

export { ARGS, COMMAND, REPOSITORY }

export const ACCOUNT = 'acct_local'

export type Settings = Record<string, string>

/** A state folder of its own, the settings of a process that uses it, and a look inside. */
export type Home = Disposable & {
  path: string
  env: Settings
  /** Names of the files made so far, whole or not. */
  outputs(): string[]
  /** Opens the ledger of this home for as long as `body` takes. */
  withLedger<T>(body: (db: Db) => Promise<T>): Promise<T>
}

/** A new state folder with a ledger in it that has nothing but its tables. */
export function temporaryHome(settings: Settings = {}): Home {
  const home = emptyHome(settings)
  const { INKWELL_DATABASE_URL: url, FAL_KEY: live } = home.env
  if (url === undefined) placeLedger(join(home.path, live === undefined ? 'test.db' : 'live.db'))
  return home
}

/** A new state folder. Nothing of the environment of the tests reaches its processes but the path of programs. */
export function emptyHome(settings: Settings = {}): Home {
  const { path, [Symbol.dispose]: dispose } = temporaryFolder()
  const images = join(path, 'images')
  return {
    path,
    env: {
      PATH: [join(REPOSITORY, 'node_modules/.bin'), process.env.PATH].join(delimiter),
      HOME: path,
      INKWELL_HOME: path,
      INKWELL_INPUT_DIRS: path,
      ...databaseOf(path),
      ...CACHE,
      ...settings,
    },
    outputs: () => (existsSync(images) ? readdirSync(images).filter(isOutput) : []),
    withLedger: async (body) => {
      const { INKWELL_DATABASE_URL: url = `sqlite:${join(path, 'test.db')}` } = databaseOf(path)
      const db = openDb(await openEngine(url))
      try {
        return await body(db)
      } finally {
        await db.close()
      }
    },
    [Symbol.dispose]: dispose,
  }
}

/** Small copies of pictures are stored in a folder of their own. */
export const isOutput = (name: string): boolean => name !== '.previews'

export type Ran = { code: number | null; stdout: string; stderr: string }
export type RunOptions = {
  env?: Settings
  nodeArgs?: string[]
  cwd?: string
  /** The folder of another version. */
  root?: string
  /** Runs the sources, as a clone does: a test that damages one of them at its start. */
  fromSources?: boolean
}

/** Runs one command line to its end, in the repository unless told, with an empty stdin. */
export async function inkwell(
  home: Home,
  args: readonly string[],
  { env = {}, nodeArgs = [], root = REPOSITORY, cwd = root, fromSources }: RunOptions = {},
): Promise<Ran> {
  const program = fromSources === true || root !== REPOSITORY ? FROM_SOURCES : ARGS
  const [command = '', ...files] = [COMMAND, ...program].map((file) => resolve(root, file))
  const child = spawn(command, [...nodeArgs, ...files, ...args], {
    cwd,
    env: { ...home.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const ended = new Promise<number | null>((done) => child.once('close', done))
  const [stdout, stderr, code] = await Promise.all([text(child.stdout), text(child.stderr), ended])
  return { code, stdout, stderr }
}

/** Arguments of Node.js that run this code before anything of the program. */
export function preload(code: string): string[] {
  return ['--import', `data:text/javascript,${encodeURIComponent(code)}`]
}

/** Arguments of Node.js that stop the clock of a process at an instant. */
export function clockAt(atMs: number): string[] {
  return preload(`Date.now = () => ${atMs}`)
}

/** Work in the history of a ledger: what was charged and when. */
export type Work = {
  at: number
  cost: number
  model?: string
  operation?: 'generateImage' | 'editImage' | 'removeBackground' | 'upscale' | 'run'
  provider?: string
  billing?: 'credits' | 'own_key'
}

/** Opens the local account and books work in the order given, as if it had been done by calls of tools. */
export async function book(home: Home, work: readonly Work[], openedAt: number): Promise<void> {
  await home.withLedger(async (db) => {
    await db.write(() => bindMode('test'))
    await db.write(() => openAccount(ACCOUNT, 'local', openedAt))
    const { entries } = await db.read(function* count() {
      return { entries: (yield* listTransactions(ACCOUNT, { limit: 1000 })).transactions.length }
    })
    for (const [number, { at, cost, ...about }] of work.entries()) {
      const id = `gen_${String(entries + number).padStart(6, '0')}`
      const request = holdOf({
        id,
        amount: cost,
        account_id: ACCOUNT,
        session_id: 'ses_booked',
        created_at: at,
        ...about,
      })
      await db.write(() => hold(request, NO_CAPS))
      await db.write(() => capture(id, cost, at))
    }
  })
}

/** Leaves exactly this much of the $5.00 grant, in micro-dollars. */
export async function spendDownTo(home: Home, left: number, at: number): Promise<void> {
  await book(home, [], at)
  const funds = await home.withLedger((db) => db.read(() => available(ACCOUNT)))
  await book(home, [{ at, cost: funds - left }], at)
}

/** What a ledger says of the local account, and whether it proves. */
export async function examine(home: Home): Promise<{
  available: number
  held: number
  transactions: { type: string; cost: number }[]
  difference: unknown
}> {
  return await home.withLedger((db) =>
    db.read(function* look() {
      const [account] = yield () => ({
        sql: `select available, held from account where id = '${ACCOUNT}'`,
        parameters: [],
      })
      const { transactions } = yield* listTransactions(ACCOUNT, { limit: 1000 })
      return {
        available: Number(account?.available ?? 0),
        held: Number(account?.held ?? 0),
        transactions: transactions.map(({ type, cost }) => ({ type, cost })),
        difference: yield* findDifference(),
      }
    }),
  )
}

/** A picture with a plain backdrop and something before it: `path` is inside the home. */
export async function plainPicture(
  home: Pick<Home, 'path'>,
  name = 'subject.png',
): Promise<string> {
  const path = join(home.path, name)
  const subject = { create: { width: 60, height: 60, channels: 3, background: '#c03020' } } as const
  const picture = await sharp({
    create: { width: 160, height: 120, channels: 3, background: '#f4f4f0' },
  })
    .composite([{ input: await sharp(subject).png().toBuffer(), left: 50, top: 30 }])
    .png()
    .toBuffer()
  writeFileSync(path, picture)
  return path
}
