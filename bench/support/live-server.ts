import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { issueKey } from '../../src/accounts/keys.ts'
import { LOCAL_ACCOUNT } from '../../src/accounts/sessions.ts'
import { openDb } from '../../src/db/queue.ts'
import { openSqlite } from '../../src/db/sqlite/sqlite.ts'
import { openAccount } from '../../src/ledger/ledger.ts'
import { MODEL } from './fal-model.ts'
import { modern, resultOf } from './shots.ts'

type LiveServer = {
  server: ChildProcess
  /** Calls `generateImage` over HTTP. Throws if no picture came of it. */
  call: (args: { prompt: string; preview?: boolean }) => Promise<void>
}

type Options = {
  /** Where its ledger and its files are. */
  folder: string
  /** The emulator of fal.ai that it asks. */
  fal: { url: string; key: string }
  /** Code that it runs first, and flags of Node.js. */
  preload: string
  flags?: readonly string[]
}

/** The settings of an Inkwell that asks an emulator of fal.ai, and has no limit that a bench would meet. */
export function liveSettings({ folder, fal }: Omit<Options, 'preload'>): Record<string, string> {
  const prices = join(folder, 'prices.json')
  const price = { usd: '0.000001', operation: 'generateImage' } // so that the grant lasts
  writeFileSync(prices, JSON.stringify({ [MODEL]: price }))
  return {
    INKWELL_HOME: folder,
    INKWELL_MAX_CALLS_PER_MINUTE: '999999',
    INKWELL_MAX_UNPAID_JOBS_PER_HOUR: '999999',
    INKWELL_PRICES: prices,
    INKWELL_FAL_BASE_URL: fal.url,
    FAL_KEY: fal.key,
  }
}

/** Starts a server in live mode as a process of its own, with a channel for messages. */
export async function serveLive(options: Options): Promise<LiveServer> {
  const { folder, preload, flags = [] } = options
  const file = join(folder, 'ledger.db')
  const args = ['serve', '--port', '0']
  const server = fork(join(import.meta.dirname, '../../src/cli/cli.ts'), args, {
    execArgv: [...flags, '--import', `data:text/javascript,${encodeURIComponent(preload)}`],
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    env: {
      ...process.env,
      ...liveSettings(options),
      INKWELL_DATABASE_URL: `sqlite:${file}`,
      INKWELL_LOG_LEVEL: 'silent',
    },
  })
  if (server.stdout === null) throw new Error('no stdout')
  const [line] = (await once(createInterface({ input: server.stdout }), 'line')) as [string]
  const url = line.slice(line.indexOf('http://'))
  const key = await keyOf(file)
  return {
    server,
    call: async (asked) => {
      const { isError, structuredContent } = (await resultOf(
        modern(url, 'generateImage', { model: MODEL, ...asked }, key),
      )) as { isError?: boolean; structuredContent: { status: string } }
      if (isError === true || structuredContent.status !== 'completed')
        throw new Error(JSON.stringify(structuredContent))
    },
  }
}

async function keyOf(file: string): Promise<string> {
  const db = openDb(await openSqlite(file))
  const { id, name } = LOCAL_ACCOUNT
  await db.write(() => openAccount(id, name, Date.now()))
  const { key } = await db.write(() => issueKey(id, {}, Date.now()))
  await db.close()
  return key
}
