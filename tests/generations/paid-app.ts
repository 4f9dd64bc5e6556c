import { existsSync, readdirSync } from 'node:fs'
import { expect } from 'vitest'
import { createApp, type App, type Overrides } from '../../src/app.ts'
import { loadConfig } from '../../src/config.ts'
import { perform, type CallOptions, type Performed } from '../../src/generations/perform.ts'
import type { PaidRequest } from '../../src/generations/request.ts'
import { findAccount } from '../../src/ledger/queries/account.ts'
import { findDifference } from '../../src/verify.ts'
import type { Log } from '../../src/log.ts'
import type { Provider } from '../../src/providers/provider.ts'
import { query, firstOrThrow } from '../../src/db/db.ts'
import { temporaryHome } from '../support/app.ts'
import { databaseOf } from '../support/homes.ts'

/** What one picture of the default model costs, in micro-dollars. */
export const PRICE = 50_000

/** What a new account has, in micro-dollars. */
export const GRANT = 5_000_000

type Line = { level: string; event: string; fields: Record<string, unknown> }

export type PaidApp = AsyncDisposable & {
  app: App
  home: string
  lines: Line[]
  /** Calls as the local caller does, for one picture unless said otherwise. */
  pay(wish?: Wish): Promise<Performed>
  /** The same call through another app on the same ledger. */
  payWith(app: App): (wish?: Wish) => Promise<Performed>
  funds(): Promise<{ available: number; held: number; spent: number }>
  /** Names of the files in the output folder, unfinished ones included. */
  files(): string[]
}

export type Wish = Partial<CallOptions> & {
  request?: PaidRequest
  count?: number
  prompt?: string
  caller?: ReturnType<App['localCaller']>
}

export type Options = Omit<Overrides, 'log' | 'openLocalProvider'> & {
  /** An existing state folder, shared with other apps; without it a new one that goes with the app. */
  home?: string
  env?: Record<string, string>
}

/** The real app on a real ledger file, with a provider that stands for the image service. */
export function paidApp(provider: Provider, { home, env, ...overrides }: Options = {}): PaidApp {
  const folder = home === undefined ? temporaryHome() : undefined
  const place = home ?? folder?.path ?? ''
  const lines: Line[] = []
  const app = createApp(loadConfig({ INKWELL_HOME: place, ...databaseOf(place), ...env }), {
    ...overrides,
    log: recordingLog(lines),
    openLocalProvider: async () => provider,
  })
  return {
    app,
    home: place,
    lines,
    pay: payThrough(app),
    payWith: payThrough,
    funds: async () => {
      const row = firstOrThrow(await app.db.read(() => findAccount({ id: 'acct_local' })))
      return { available: row.available, held: row.held, spent: row.spent }
    },
    files: () => (existsSync(app.config.outputDir) ? readdirSync(app.config.outputDir) : []),
    [Symbol.asyncDispose]: async () => {
      await app.drain(10_000)
      await app.close()
      folder?.[Symbol.dispose]()
    },
  }
}

function payThrough(app: App): (wish?: Wish) => Promise<Performed> {
  return ({ request, count = 1, prompt = 'a fox', caller, ...options } = {}) =>
    perform(
      app.generations,
      request ?? pictureOf(prompt, count),
      caller ?? app.localCaller('test'),
      { ...PATIENT, ...options },
    )
}

const never = new AbortController().signal

const PATIENT: CallOptions = {
  maxCost: null,
  idempotencyKey: null,
  signal: never,
  disconnected: never,
  onProgress: () => {},
  handOverMs: 30_000,
}

export function pictureOf(prompt: string, count = 1): PaidRequest {
  const size = { width: 64, height: 64 }
  return { operation: 'generateImage', model: 'fal-ai/flux-2-flex', count, prompt, ...size }
}

/** The ledger agrees with itself, holds nothing, and `spent` is all that is gone. */
export async function expectSpent(paid: PaidApp, spent: number): Promise<void> {
  expect(await paid.app.db.read(findDifference)).toBeNull()
  expect(await paid.funds()).toEqual({ available: GRANT - spent, held: 0, spent })
}

/** State and expiry of every hold, oldest first. */
export async function holdsOf({ app: { db } }: PaidApp) {
  return await db.read(() =>
    query((builder) =>
      builder.selectFrom('hold').select(['id', 'state', 'expires_at']).orderBy('created_at'),
    ),
  )
}

/** Resolves once `claim` is true; rejects after `withinMs`. */
export async function until(
  claim: () => boolean | Promise<boolean>,
  withinMs = 10_000,
): Promise<void> {
  const giveUpAt = performance.now() + withinMs
  while (!(await claim())) {
    if (performance.now() > giveUpAt)
      throw new Error(`not so within ${withinMs} ms: ${claim.toString()}`)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

function recordingLog(lines: Line[]): Log {
  const at =
    (level: string) =>
    (event: string, fields: Record<string, unknown> = {}) =>
      void lines.push({ level, event, fields })
  return { info: at('info'), warn: at('warn'), error: at('error') }
}
