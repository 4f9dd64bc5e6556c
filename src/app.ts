import { localCaller, type Caller } from './accounts/caller.ts'
import { createBilling, type Billing } from './billing/billing.ts'
import type { PaymentService, TestCheckoutPage } from './billing/service.ts'
import type { Config } from './config.ts'
import type { Db, Engine } from './db/db.ts'
import { lazyDb } from './db/lazy.ts'
import { openDb } from './db/queue.ts'
import { AppError } from './errors.ts'
import { createAnswers } from './generations/answers.ts'
import { inputLoader } from './generations/input-loader.ts'
import { createJobs } from './generations/jobs.ts'
import type { GenerationDeps, Providers } from './generations/deps.ts'
import { createRecover } from './generations/recover.ts'
import { openAccount } from './ledger/ledger.ts'
import { bindMode } from './ledger/metadata.ts'
import { type CallCounter, createCallLimit } from './limits/call-limit.ts'
import { createLog, type Log } from './log.ts'
import { createDiskSpace } from './media/disk-space.ts'
import { createMeter, type Meter } from './metrics.ts'
import { memoizeAsync } from './once.ts'
import type { UnitPrice } from './pricing/compare.ts'
import { loadRates } from './pricing/price-file.ts'
import { createPriceOf } from './pricing/upstream-price.ts'
import type { FalOptions } from './providers/fal.ts'
import type { Provider } from './providers/provider.ts'
import type { Services } from './tools/tool.ts'

/** How long a process that reports nothing keeps its work before another process takes it over, in milliseconds. */
const LEASE_MS = 30_000

/** `ready` looks for work of dead processes at most this often, in milliseconds. */
const SWEEP_EVERY_MS = 1_000

/** Replacements for a test. */
export type Overrides = {
  now?: () => number
  log?: Log
  leaseMs?: number
  openLocalProvider?: () => Promise<Provider>
  openPayments?: () => Promise<PaymentService>
}

/** Everything that the tools, the command line and the servers need. */
export type App = Services & {
  config: Config
  log: Log
  meter: Meter
  db: Db
  /** The caller on this machine: the stdio client or the user of the command line. */
  localCaller(sessionName: string): Caller
  /** Returns what the image service charges for one unit of each endpoint; null without a key. Throws `upstream_*`. */
  upstreamPrices(endpoints: readonly string[]): Promise<Map<string, UnitPrice> | null>
  billing: Billing
  /** Returns the test checkout page; null where it does not replace Stripe. */
  testCheckoutPage(): Promise<TestCheckoutPage | null>
  /** Sets where this process serves its pages. `address` is called once, for the first payment page. */
  showPagesAt(address: () => Promise<string>): void
  /** Tells where this process serves the usage page. */
  showUsagePageAt(address: string): void
  /** Waits for running work, at most this long, but never for disk space. Another process can finish the rest. */
  drain(timeoutMs: number): Promise<void>
  close(): Promise<void>
}

/** The composition root: the only place that chooses adapters. Opens nothing yet. */
export function createApp(config: Config, overrides: Overrides = {}): App {
  const now = overrides.now ?? Date.now
  const log = overrides.log ?? createLog(config.logLevel)
  const meter = createMeter()
  const db = lazyDb(() => openLedger(config, meter))
  const providers = chooseProviders(config, overrides)
  const diskSpace = createDiskSpace(config)
  const jobs = createJobs({
    db,
    log,
    meter,
    now,
    diskSpace,
    outputDir: config.outputDir,
    metadata: config.metadata,
    leaseMs: overrides.leaseMs ?? LEASE_MS,
  })
  const recover = createRecover({ db, jobs, providers, now, log, outputDir: config.outputDir })
  const answers = createAnswers({ db, log })
  const opened = memoizeAsync<void>()
  const payments = choosePayments(config, overrides, { db, now })
  const billing = createBilling({ db, log, now, mode: config.mode, ...payments })
  let sweptAt = 0
  let usagePage: string | null = null
  const callLimit = createCallLimit(() => openCallCounter(config), config.callsPerMinute)
  const generations: GenerationDeps = {
    db,
    jobs,
    recover,
    answers,
    callLimit,
    diskSpace,
    unpaidPerHour: config.unpaidJobsPerHour,
    providers,
    now,
    rates: loadRates(config.unknownModels, config.pricesFile),
    upstreamPrice: createPriceOf((endpoints) => upstreamPrices(config, endpoints), now),
    load: (reference, caller, signal) =>
      inputLoader(config, { db, now }, caller).load(reference, signal),
  }
  return {
    config,
    log,
    meter,
    db,
    mode: config.mode,
    now,
    generations,
    billing,
    testCheckoutPage: payments.testCheckoutPage,
    showPagesAt: payments.showPagesAt,
    showUsagePageAt: (address) => (usagePage = address),
    usagePage: () => usagePage,
    ready: async (caller) => {
      const { id, name } = caller.account
      await opened(id, () => db.write(() => openAccount(id, name, now())))
      if (now() < sweptAt + SWEEP_EVERY_MS) return
      sweptAt = now()
      await recover()
    },
    localCaller: (sessionName) => localCaller(config, sessionName),
    upstreamPrices: (endpoints) => upstreamPrices(config, endpoints),
    drain: (timeoutMs) => jobs.drain(timeoutMs),
    close: async () => {
      await answers.allNoted()
      jobs.close()
      billing.close()
      await callLimit.close()
      await db.close()
    },
  }
}

async function openLedger({ database, mode }: Config, { record }: Meter): Promise<Db> {
  const db = openDb(await openEngine(database), (count) => record('commit_units', count, {}))
  try {
    await db.write(() => bindMode(mode))
    return db
  } catch (error) {
    await db.close() // open connections would keep the process running
    throw error
  }
}

async function openEngine(database: Config['database']): Promise<Engine> {
  if (database.engine === 'postgres') {
    const { openPostgres } = await import('./db/postgres.ts')
    return await openPostgres(database.url)
  }
  const { openSqlite } = await import('./db/sqlite/sqlite.ts')
  return await openSqlite(database.file)
}

async function openCallCounter({ database }: Config): Promise<CallCounter> {
  const limiter = await import('./limits/rate-limiter.ts')
  if (database.engine === 'postgres') return await limiter.openPostgresCounter(database.url)
  return await limiter.openSqliteCounter(database.file.replace(/(\.db)?$/, '.limits.db'))
}

function chooseProviders({ mode, fal }: Config, overrides: Overrides): Providers {
  const opened = memoizeAsync<Provider>()
  return {
    choose: ({ provider }) => (mode === 'test' ? 'local' : provider),
    open: async (name, billing) => {
      if (name === 'local')
        return await opened(name, overrides.openLocalProvider ?? openLocalProvider)
      const ownKey = billing === 'own_key'
      const key = ownKey ? fal.ownKey : fal.operatorKey
      return key === undefined
        ? null
        : await opened(billing, () => openFalProvider({ key, ownKey, baseUrl: fal.baseUrl }))
    },
  }
}

/** Stripe where its key is set. Without it: the test checkout in test mode, nothing in live mode. */
function choosePayments(
  { mode, stripe }: Config,
  { openPayments }: Overrides,
  { db, now }: { db: Db; now: () => number },
) {
  const opened = memoizeAsync<PaymentService>()
  const testCheckout = memoizeAsync<{ service: PaymentService; page: TestCheckoutPage }>()
  const usesTestCheckout = openPayments === undefined && stripe === null && mode === 'test'
  let address = (): Promise<string> => Promise.reject(new Error('this process shows no pages'))
  const openTest = () =>
    testCheckout('', async () => {
      const { createTestCheckout } = await import('./billing/test-checkout.ts')
      return createTestCheckout({ db, now, address: () => address() })
    })
  const open = async (): Promise<PaymentService> => {
    if (usesTestCheckout) return (await openTest()).service
    if (stripe === null) throw noPayments()
    const { createStripe } = await import('./billing/stripe.ts')
    return createStripe(stripe)
  }
  return {
    configured: () => usesTestCheckout || stripe !== null || openPayments !== undefined,
    service: () => opened('', openPayments ?? open),
    address: () => address(),
    testCheckoutPage: async () => (usesTestCheckout ? (await openTest()).page : null),
    showPagesAt: (pageAddress: () => Promise<string>) => {
      const origin = memoizeAsync<string>()
      address = () => origin('', pageAddress)
    },
  }
}

function noPayments(): AppError {
  return new AppError(
    'billing_not_configured',
    'No payment service is configured on this server.',
    {
      hint: 'Go on with the credits that are left, or tell the operator of this server.',
      localHint:
        'STRIPE_SECRET_KEY sets up purchases; INKWELL_FAL_KEY uses your own fal.ai account instead.',
    },
  )
}

async function upstreamPrices(
  { fal }: Config,
  endpoints: readonly string[],
): Promise<Map<string, UnitPrice> | null> {
  const key = fal.operatorKey ?? fal.ownKey
  if (key === undefined) return null
  const { falPrices } = await import('./providers/fal.ts')
  return await falPrices(
    { key, ownKey: fal.operatorKey === undefined, baseUrl: fal.baseUrl },
    endpoints,
  )
}

async function openFalProvider(options: FalOptions): Promise<Provider> {
  const { createFalProvider } = await import('./providers/fal.ts')
  return createFalProvider(options)
}

async function openLocalProvider(): Promise<Provider> {
  const { createLocalProvider } = await import('./providers/local.ts')
  return createLocalProvider()
}
