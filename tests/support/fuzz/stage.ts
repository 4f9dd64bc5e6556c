import { openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { revokeKey } from '../../../src/accounts/keys.ts'
import { SCOPES } from '../../../src/accounts/scopes.ts'
import { linkSecret } from '../../../src/ledger/metadata.ts'
import { CATALOG } from '../../../src/pricing/catalog.ts'
import { cheap } from '../../tools/support.ts'
import { REPOSITORY, temporaryHome, type Home } from '../app.ts'
import { connectPinned, issued, openedAccount, serveHttp, type HttpServer } from '../http.ts'
import type { Listed } from './mcp.ts'
import type { Document } from './rest.ts'
import type { Keys } from './corrupt.ts'

/** A server to be fuzzed, and what is known of it. */
export type Stage = AsyncDisposable & {
  home: Home
  server: HttpServer
  keys: Keys
  document: Document
  tools: Listed[]
  /** Strings that mean something to it. */
  known: string[]
  /** What may be in no answer and in no line of the log. */
  secrets: string[]
  log(): string
}

/** What each key that may do everything can spend, in micro-dollars: enough for every tool to succeed now and then. */
const CAP = 300_000

/** Starts a server with two accounts that have made something, several keys, and caps that are soon reached. */
export async function openStage(): Promise<Stage> {
  const home = temporaryHome({ INKWELL_LOG_LEVEL: 'info' })
  const log = join(home.path, 'stderr.log')
  const [account, other] = [await openedAccount(home, 'Ada'), await openedAccount(home, 'Mallory')]
  const everything = { scopes: [...SCOPES], caps: { total: CAP } }
  const keys = [0, 1, 2, 3].map(() => issued(home, account, everything))
  const good = await Promise.all(keys)
  const stranger = await issued(home, other, everything)
  const narrow = await issued(home, account, { scopes: ['credits:read'] })
  const revoked = await issued(home, account)
  await home.withLedger((db) => db.write(() => revokeKey({ id: revoked.id }, Date.now())))
  const all = [...good, stranger, narrow, revoked]
  const env = { INKWELL_MAX_CALLS_PER_MINUTE: '9999' }
  const server = await serveHttp(home, env, { stderr: openSync(log, 'w') })
  const [own, foreign] = [await made(server, good[0]?.key ?? ''), await made(server, stranger.key)]
  const signing = await home.withLedger((db) => db.write(linkSecret))
  const { body } = await server.json('/openapi.json')
  return {
    home,
    server,
    keys: {
      good: [...good, stranger].map(({ key }) => key),
      bad: [narrow.key, revoked.key, `ink_${'0'.repeat(64)}`],
    },
    document: body as Document,
    tools: own.tools,
    known: [
      ...own.ids.flatMap((id) => [id, id, id, id]),
      ...foreign.ids,
      ...all.map(({ id }) => id),
      account,
      other,
      ...WORDS,
    ],
    secrets: [...all.map(({ key }) => key), home.path, REPOSITORY, 'node_modules', signing],
    log: () => readFileSync(log, 'utf8'),
    [Symbol.asyncDispose]: async () => {
      await server[Symbol.asyncDispose]()
      home[Symbol.dispose]()
    },
  }
}

const WORDS = [
  ...CATALOG.map(({ id }) => id),
  'unknown/model',
  'inkwell://usage',
  'inkwell://pricing',
  'ui://inkwell/usage.html',
  'a fox',
  'grayscale',
  'rotate 90',
  'ink_',
  '20',
  '2026-11-01',
]

/** The tools, and the ids of one thing that a key made with them. */
async function made(server: HttpServer, key: string): Promise<{ ids: string[]; tools: Listed[] }> {
  await using client = await connectPinned(server, key)
  const { structuredContent } = await client.call('generateImage', cheap)
  const { id, outputs, session } = structuredContent as {
    id: string
    outputs: [{ assetId: string; uri: string }]
    session: { id: string }
  }
  const { tools } = (await client.tools()) as { tools: Listed[] }
  return { ids: [id, outputs[0].assetId, outputs[0].uri, session.id], tools }
}
