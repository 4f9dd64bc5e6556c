import { localCaller, type Caller } from './accounts/caller.ts'
import { createBilling, type Billing } from './billing/billing.ts'
import { noPayments, type PaymentService, type TestCheckoutPage } from './billing/service.ts'
import { createClock, fixedClock, type Clock } from './clock.ts'
import type { Config } from './config.ts'
import type { Db, Engine } from './db/db.ts'
import { lazyDb } from './db/lazy.ts'
import { limitsFile } from './db/lost-ledger.ts'
import { openDb } from './db/queue.ts'
import { createAnswers } from './generations/answers.ts'
import { inputLoader } from './generations/input-loader.ts'
import { createJobs } from './generations/jobs.ts'
import type { GenerationDeps, Providers } from './generations/deps.ts'
import { createReady } from './generations/ready.ts'
import { createRecover } from './generations/recover.ts'
import { createRounds } from './generations/rounds.ts'
import { createLedgerGuard } from './ledger/guard.ts'
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
  /** Finishes lost work of other processes from now on, within 45 s. Does not keep this process running. */
  keepRecovering(): void
  /** Waits for running work, at most this long, but never for disk space. Another process can finish the rest. */
  drain(timeoutMs: number): Promise<void>
  close(): Promise<void>
}

/** The composition root: the only place that chooses adapters. Opens nothing yet. */
export function createApp(config: Config, overrides: Overrides = {}): App {
  const clock = overrides.now === undefined ? createClock() : fixedClock(overrides.now)
  const { now } = clock
  const log = overrides.log ?? createLog(config.logLevel)
  const meter = createMeter()
  const leaseMs = overrides.leaseMs ?? LEASE_MS
  const db = lazyDb(() => openLedger(config, meter, clock))
  const guard = createLedgerGuard({ db, clock })
  const providers = chooseProviders(config, overrides)
  const diskSpace = createDiskSpace(config)
  const shared = { db, log, now, outputDir: config.outputDir }
  const { metadata, mode } = config
  const jobs = createJobs({ ...shared, meter, diskSpace, metadata, leaseMs })
  const recover = createRecover({ ...shared, jobs, providers })
  const rounds = createRounds(leaseMs, async () => {
    await clock.refresh()
    await recover()
  })
  const answers = createAnswers({ db, log })
  const payments = choosePayments(config, overrides, { db, now })
  const billing = createBilling({ db, log, now, mode, ...payments })
  const callLimit = createCallLimit(() => openCallCounter(config, log), config.callsPerMinute)
  const generations: GenerationDeps = {
    db,
    jobs,
    recover,
    guard,
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
    mode,
    now,
    generations,
    billing,
    testCheckoutPage: payments.testCheckoutPage,
    showPagesAt: payments.showPagesAt,
    ready: createReady({ db, recover, now }),
    keepRecovering: () => rounds.start(),
    localCaller: (sessionName) => localCaller(config, sessionName),
    upstreamPrices: (endpoints) => upstreamPrices(config, endpoints),
    drain: (timeoutMs) => jobs.drain(timeoutMs),
    close: async () => {
      rounds.stop()
      await answers.allNoted()
      jobs.close()
      billing.close()
      await callLimit.close()
      await db.close()
    },
  }
}

async function openLedger({ database, mode }: Config, meter: Meter, clock: Clock): Promise<Db> {
  const engine = await openEngine(database, meter)
  const db = openDb(engine, (count) => meter.record('commit_units', count, {}))
  try {
    await db.write(() => bindMode(mode))
    await clock.follow(db.status.time)
    return db
  } catch (error) {
    await db.close() // open connections would keep the process running
    throw error
  }
}

async function openEngine(database: Config['database'], { record }: Meter): Promise<Engine> {
  if (database.engine === 'postgres') {
    const { openPostgres } = await import('./db/postgres.ts')
    return await openPostgres(database.url, (sqlstate) =>
      record('db_retries_total', 1, { sqlstate }),
    )
  }
  const { openSqlite } = await import('./db/sqlite/sqlite.ts')
  return await openSqlite(database.file)
}

async function openCallCounter({ database }: Config, log: Log): Promise<CallCounter> {
  const limiter = await import('./limits/rate-limiter.ts')
  if (database.engine === 'postgres') return await limiter.openPostgresCounter(database.url)
  return await limiter.openSqliteCounter(limitsFile(database.file), (movedTo) =>
    log.warn('limits.damaged', { movedTo }),
  )
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
