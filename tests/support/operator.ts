import { createAccount } from '../../src/accounts/accounts.ts'
import type { Caller } from '../../src/accounts/caller.ts'
import { issueKey, type KeyOptions } from '../../src/accounts/keys.ts'
import { callerOfKey } from '../../src/accounts/principal.ts'
import { createApp, type App } from '../../src/app.ts'
import { loadConfig } from '../../src/config.ts'
import type { Row, TransactionBody } from '../../src/db/db.ts'
import type { Hosts } from '../../src/network/public-hosts.ts'
import { findDifference } from '../../src/verify.ts'
import { callTool } from '../../src/server/mcp/call.ts'
import { toolsFor } from '../../src/tools/index.ts'
import { temporaryHome, type Settings } from './app.ts'
import {
  startFalEmulator,
  type FalEmulator,
  type FalEmulatorOptions,
} from '../services/fal/emulator.ts'
import type { FalModel } from '../services/fal/model.ts'
import { databaseOf } from './homes.ts'
import { errorIn, recordingLog, type Answer, type Line } from './live.ts'

export const HOUR_MS = 3_600_000

/** Endpoints that finish, are billed $0.04 a job, and bring nothing. */
const EMPTY: FalModel = {
  fields: {},
  unit: 'generations',
  unitPriceUsd: 0.04,
  units: () => 1,
  make: async () => ({ body: {}, megapixels: 0, pixels: 0 }),
}
export const emptyModels = (...ids: string[]): Record<string, FalModel> =>
  Object.fromEntries(ids.map((id) => [id, EMPTY]))

export type OperatorOptions = {
  emulator?: FalEmulatorOptions
  fal?: FalEmulator
  home?: string
  env?: Settings
  leaseMs?: number
  /** Where its clock stands still; without it that goes. */
  at?: number
  /** Where the names of public hosts lead. */
  hosts?: Hosts
}

/** The real app in live mode, as an operator runs it for others, with fal.ai an emulator and a clock of its own. */
export type Operated = AsyncDisposable & {
  app: App
  fal: FalEmulator
  home: string
  lines: Line[]
  /** Opens an account, and answers who calls with a key of it. */
  customer(keys?: KeyOptions): Promise<Caller>
  /** Who calls with another key of the same account. */
  colleague(caller: Caller): Promise<Caller>
  /** Calls a tool as the server does. */
  call(caller: Caller, tool: string, args: object, maxWaitMs?: number): Promise<Answer>
  /** Another server on the same ledger. */
  beside(): Promise<Operated>
  /** Moves the clock on. */
  later(ms: number): void
  rows(sql: string): Promise<Row[]>
  difference(): Promise<unknown>
}

export async function operated(options: OperatorOptions = {}): Promise<Operated> {
  const fal = options.fal ?? (await startFalEmulator(options.emulator))
  const home = options.home === undefined ? temporaryHome({ FAL_KEY: fal.key }) : undefined
  const path = options.home ?? home?.path ?? ''
  const lines: Line[] = []
  let ahead = 0
  const { leaseMs } = options
  const env = { ...databaseOf(path), ...options.env }
  const config = loadConfig({
    INKWELL_HOME: path,
    INKWELL_MAX_CALLS_PER_MINUTE: '999999',
    FAL_KEY: fal.key,
    INKWELL_FAL_BASE_URL: fal.url,
    ...env,
  })
  const app = createApp(config, {
    now: () => (options.at ?? Date.now()) + ahead,
    log: recordingLog(lines),
    ...(leaseMs !== undefined && { leaseMs }),
    ...(options.hosts !== undefined && { hosts: options.hosts }),
  })
  const issue = async (account: Caller['account'], keys: KeyOptions): Promise<Caller> => {
    const key = await app.db.write(() => issueKey(account.id, keys, app.generations.now()))
    const { id: keyId, scopes, caps } = key
    const principal = { account, keyId, scopes, caps, group: null, models: NO_LISTS }
    return callerOfKey(principal, keyId, config)
  }
  return {
    app,
    fal,
    home: path,
    lines,
    customer: async (keys = {}) => {
      const { id, name } = await app.db.write(() => createAccount('Ada', app.generations.now()))
      return await issue({ id, name }, keys)
    },
    colleague: async ({ account }) => await issue(account, {}),
    call: (caller, tool, args, maxWaitMs) => callAs(app, caller, { tool, args, maxWaitMs }),
    beside: () => operated({ ...options, fal, home: path, env }),
    later: (ms) => void (ahead += ms),
    rows: (sql) => app.db.read(() => rowsOf(sql)),
    difference: () => app.db.read(findDifference),
    [Symbol.asyncDispose]: async () => {
      await app.drain(10_000)
      await app.close()
      if (options.fal === undefined) await fal[Symbol.asyncDispose]()
      home?.[Symbol.dispose]()
    },
  }
}

/** How many calls ended how: with an error's code, or in a status. */
export function tally(answers: readonly Answer[]): Record<string, number> {
  const ends = answers.map((answer) => errorIn(answer)?.code ?? String(answer.structured['status']))
  return Object.fromEntries(
    [...new Set(ends)].map((end) => [end, ends.filter((one) => one === end).length]),
  )
}

type Call = (place: number) => Promise<Answer>

/** Calls all at once. */
export function together(count: number, call: Call): Promise<Answer[]> {
  return Promise.all(Array.from({ length: count }, (_, place) => call(place)))
}

/** Calls one after another. */
export async function inTurn(count: number, call: Call): Promise<Answer[]> {
  const answers: Answer[] = []
  for (let place = 0; place < count; place += 1) answers.push(await call(place))
  return answers
}

function* rowsOf(sql: string): TransactionBody<Row[]> {
  return yield () => ({ sql, parameters: [] })
}

/** Every model may be used. */
const NO_LISTS = { account: null, key: null }

type Calling = { tool: string; args: object; maxWaitMs: number | undefined }

async function callAs(
  app: App,
  caller: Caller,
  { tool: name, args, maxWaitMs = 50_000 }: Calling,
): Promise<Answer> {
  const tool = toolsFor(app.generations.rates).find((each) => each.name === name)
  if (tool === undefined) throw new RangeError(`there is no tool ${name}`)
  const result = await callTool(app, tool, args, {
    caller,
    signal: new AbortController().signal,
    disconnected: new AbortController().signal,
    takesStructured: true,
    maxWaitMs,
    onProgress: () => {},
  })
  return {
    isError: result.isError === true,
    structured: (result.structuredContent ?? {}) as Record<string, unknown>,
    text: JSON.stringify(result),
  }
}
