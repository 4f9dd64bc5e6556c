import { existsSync, readdirSync } from 'node:fs'
import { createApp, type App } from '../../src/app.ts'
import { loadConfig } from '../../src/config.ts'
import { firstOrThrow, query } from '../../src/db/db.ts'
import type { ErrorCode } from '../../src/errors.ts'
import { findAccount } from '../../src/ledger/queries/account.ts'
import { findDifference } from '../../src/verify.ts'
import type { Log } from '../../src/log.ts'
import { createFalProvider, type FalOptions } from '../../src/providers/fal.ts'
import { callTool } from '../../src/server/mcp/call.ts'
import { toolsFor } from '../../src/tools/index.ts'
import { isOutput, temporaryHome, type Home, type Settings } from './app.ts'
import {
  startFalEmulator,
  type FalEmulator,
  type FalEmulatorOptions,
} from '../services/fal/emulator.ts'

/** What a new account has, in micro-dollars. */
export const GRANT = 5_000_000

/** A small picture of $0.003, and one of $0.05 from a model that makes one a job. */
export const CHEAP = {
  model: 'fal-ai/flux/schnell',
  prompt: 'a fox',
  imageSize: { width: 64, height: 64 },
  preview: false,
}
export const FANNED = { ...CHEAP, model: 'fal-ai/flux-2-flex' }

export type Line = { level: string; event: string; fields: Record<string, unknown> }

/** What an agent got: a result's facts, or an error's. */
export type Answer = {
  isError: boolean
  structured: Record<string, unknown>
  /** Everything it got, as text. */
  text: string
}

export type LiveOptions = {
  emulator?: FalEmulatorOptions
  /** An emulator that is there already, and who ends it. */
  fal?: FalEmulator
  /** Where requests go instead of straight to the emulator. */
  baseUrl?: string
  /** A state folder that is there already. */
  home?: string
  env?: Settings
  key?: string
  ownKey?: boolean
  deadlines?: FalOptions['deadlines']
  now?: () => number
  leaseMs?: number
}

/** The real app, on a real ledger file, with the real fal.ai adapter on an emulator. */
export type LiveApp = AsyncDisposable & {
  fal: FalEmulator
  app: App
  home: string
  lines: Line[]
  /** Calls a tool as the server does for an agent. */
  call(tool: string, args: object, wish?: Wish): Promise<Answer>
  books(): Promise<Books>
  /** Names of the files made, whole or not. */
  outputs(): string[]
}

type Wish = { signal?: AbortSignal; maxWaitMs?: number }

export type Books = {
  available: number
  held: number
  spent: number
  /** State of every hold, oldest first. */
  holds: string[]
  difference: unknown
}

/**
 * Starts an app. It takes the adapter as its local provider: only so can a test shorten deadlines. What
 * differs in live mode is shown over stdio.
 */
export async function liveApp(options: LiveOptions = {}): Promise<LiveApp> {
  const fal = options.fal ?? (await startFalEmulator(options.emulator))
  const home = options.home === undefined ? temporaryHome() : undefined
  const path = options.home ?? home?.path ?? ''
  const lines: Line[] = []
  const { now, leaseMs, deadlines } = options
  const app = createApp(
    loadConfig({
      INKWELL_HOME: path,
      INKWELL_INPUT_DIRS: path,
      INKWELL_MAX_CALLS_PER_MINUTE: '999999',
      ...options.env,
    }),
    {
      ...(now && { now }),
      ...(leaseMs !== undefined && { leaseMs }),
      log: recordingLog(lines),
      openLocalProvider: async () =>
        createFalProvider({
          key: options.key ?? fal.key,
          ownKey: options.ownKey ?? false,
          baseUrl: options.baseUrl ?? fal.url,
          ...(deadlines && { deadlines }),
        }),
    },
  )
  return {
    fal,
    app,
    home: path,
    lines,
    call: (tool, args, wish) => callAs(app, tool, args, wish),
    books: () => booksOf(app),
    outputs: () =>
      existsSync(app.config.outputDir) ? readdirSync(app.config.outputDir).filter(isOutput) : [],
    [Symbol.asyncDispose]: async () => {
      await app.drain(10_000)
      await app.close()
      if (options.fal === undefined) await fal[Symbol.asyncDispose]()
      home?.[Symbol.dispose]()
    },
  }
}

async function callAs(
  app: App,
  name: string,
  args: object,
  { signal = new AbortController().signal, maxWaitMs = 50_000 }: Wish = {},
): Promise<Answer> {
  const tool = toolsFor(app.generations.rates).find((each) => each.name === name)
  if (tool === undefined) throw new RangeError(`there is no tool ${name}`)
  const caller = app.localCaller('live')
  const reported: string[] = []
  const result = await callTool(app, tool, args, {
    caller,
    signal,
    disconnected: signal,
    maxWaitMs,
    takesStructured: true,
    onProgress: () => {},
    markReported: (id) => void reported.push(id),
  })
  if (!signal.aborted) for (const id of reported) app.generations.answers.heard(id)
  await app.generations.answers.allNoted()
  return {
    isError: result.isError === true,
    structured: (result.structuredContent ?? {}) as Record<string, unknown>,
    text: JSON.stringify(result),
  }
}

async function booksOf({ db }: App): Promise<Books> {
  const { available, held, spent } = firstOrThrow(
    await db.read(() => findAccount({ id: 'acct_local' })),
  )
  const holds = await db.read(() =>
    query((from) => from.selectFrom('hold').select('state').orderBy('created_at').orderBy('id')),
  )
  const difference = await db.read(findDifference)
  return { available, held, spent, holds: holds.map(({ state }) => state), difference }
}

export type ShownError = {
  code: ErrorCode
  message: string
  hint: string
  retryable: boolean
  charged: { micro: number }
}

/** The error an agent got; a call that did not fail has none. */
export function errorIn({ structured }: Answer): ShownError | undefined {
  return structured['error'] as ShownError | undefined
}

/** What a result says was charged. */
export function costIn({ structured }: Answer): number | undefined {
  return (structured['cost'] as { micro: number } | undefined)?.micro
}

export type ShownOutput = { assetId: string; path: string; mimeType: string; bytes: number }

export function outputsOf({ structured }: Answer): ShownOutput[] {
  return (structured['outputs'] ?? []) as ShownOutput[]
}

/** A state folder whose processes serve in live mode on an emulator. */
export function liveHome(fal: FalEmulator, settings: Settings = {}): Home {
  const home = temporaryHome()
  home.env['INKWELL_DATABASE_URL'] ??= `sqlite:${home.path}/test.db` // where `examine` looks
  Object.assign(home.env, { INKWELL_FAL_BASE_URL: fal.url, FAL_KEY: fal.key, ...settings })
  return home
}

export function recordingLog(lines: Line[]): Log {
  const at =
    (level: string) =>
    (event: string, fields: Record<string, unknown> = {}) =>
      void lines.push({ level, event, fields })
  return { info: at('info'), warn: at('warn'), error: at('error') }
}
