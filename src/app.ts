import { localCaller, type Caller } from './accounts/caller.ts'
import { createAlerts, type Alerts } from './alerts/alerts.ts'
import {
  chooseAuthorizationServer,
  chooseIdentityProvider,
  choosePayments,
  chooseReports,
  chooseProviders,
  openCallCounter,
  openLedger,
  openStores,
  startTracing,
  upstreamPrices,
  type AdapterOverrides,
} from './adapters.ts'
import { createBilling, type Billing } from './billing/billing.ts'
import type { TestCheckoutPage } from './billing/service.ts'
import { createClock, fixedClock } from './clock.ts'
import type { Config } from './config.ts'
import type { AuthorizationServer } from './connect/authorization-server.ts'
import type { IdentityProvider } from './connect/identity.ts'
import type { Db } from './db/db.ts'
import { lazyDb } from './db/lazy.ts'
import type { Reports } from './db/replica.ts'
import { createAnswers } from './generations/answers.ts'
import { createFetchAgain } from './generations/fetch-again.ts'
import { createFiles } from './generations/files.ts'
import { inputLoader } from './generations/input-loader.ts'
import { createJobs } from './generations/jobs.ts'
import type { GenerationDeps } from './generations/deps.ts'
import type { PruneDeps } from './generations/prune.ts'
import { createReady } from './generations/ready.ts'
import { createRecover } from './generations/recover.ts'
import { createRefusals } from './generations/refusals.ts'
import { createRounds } from './generations/rounds.ts'
import { createLedgerGuard } from './ledger/guard.ts'
import { alertSecret } from './ledger/metadata.ts'
import { createCallLimit } from './limits/call-limit.ts'
import { createRequestLimit, type RequestLimit } from './limits/request-limit.ts'
import { createLog, type Log } from './log.ts'
import { createDiskSpace, OUTPUT_SPACE, type DiskSpace } from './media/disk-space.ts'
import { createMeter, type Meter } from './metrics.ts'
import type { Hosts } from './network/public-hosts.ts'
import { memoizeAsync } from './once.ts'
import type { UnitPrice } from './pricing/compare.ts'
import { loadRates } from './pricing/price-file.ts'
import { createPriceOf } from './pricing/upstream-price.ts'
import type { Services } from './tools/tool.ts'

/** How long a process that reports nothing keeps its work before another process takes it over, in milliseconds. */
const LEASE_MS = 30_000

/** A process that stops waits this long for work that no other process could continue, in milliseconds. */
const LEAVE_MS = 700

/** Replacements for a test. */
export type Overrides = AdapterOverrides & {
  now?: () => number
  log?: Log
  leaseMs?: number
  hosts?: Hosts
}

/** Everything that the tools, the command line and the servers need. */
export type App = Services & {
  config: Config
  log: Log
  meter: Meter
  db: Db
  /** Where reports, the usage page and proofs are read: it may be a replica. */
  reports: Reports
  /** Limits what a key may send over HTTP beside paid calls. */
  requestLimit: RequestLimit
  /** The caller on this machine: the stdio client or the user of the command line. */
  localCaller(sessionName: string): Caller
  /** Returns what the image service charges for one unit of each endpoint; null without a key. Throws `upstream_*`. */
  upstreamPrices(endpoints: readonly string[]): Promise<Map<string, UnitPrice> | null>
  billing: Billing
  /** Tells the operator what needs a person. */
  alerts: Alerts
  /** What removing old content needs. */
  pruning: PruneDeps
  /** Returns the authorization server for clients that sign in by themselves, at a public origin. */
  authorizationServer(origin: string): Promise<AuthorizationServer>
  /** Opens the operator's identity provider; undefined where none is set. */
  identityProvider: (() => Promise<IdentityProvider>) | undefined
  /** Returns the test checkout page; null where it does not replace Stripe. */
  testCheckoutPage(): Promise<TestCheckoutPage | null>
  /** Sets where this process serves its pages. `address` is called once, for the first payment page. */
  showPagesAt(address: () => Promise<string>): void
  /** Finishes lost work of other processes from now on, within 45 s. Does not keep this process running. */
  keepRecovering(): void
  /** Tells where this process serves the usage page. */
  showUsagePageAt(address: string): void
  /** Waits for running work, at most this long, but never for disk space. Another process can finish the rest. */
  drain(timeoutMs: number): Promise<void>
  /** Begins to stop: every open call is handed over at once, as `running` with its id, and new ones are refused. */
  handOver(): void
  /** Leaves the running work to other processes, which take it over at once. Takes less than a second. */
  leave(): Promise<void>
  close(): Promise<void>
}

/** The composition root: joins the rooms to what a process needs. Opens nothing yet. */
export function createApp(config: Config, overrides: Overrides = {}): App {
  const clock = overrides.now === undefined ? createClock() : fixedClock(overrides.now)
  const { now } = clock
  const leaseMs = overrides.leaseMs ?? LEASE_MS
  const { meter, log, stopTracing } = createObservation(config, overrides)
  const db = lazyDb(() => openLedger(config, { meter, clock, log }))
  const reports = chooseReports(config, { db, meter, log })
  const providers = chooseProviders(config, overrides)
  const { files, diskSpace } = createStorage(config, { db, providers, log, meter, now })
  const shared = { db, log, now, store: files.store }
  const { metadata, mode } = config
  const jobs = createJobs({ ...shared, copies: files.copies, meter, diskSpace, metadata, leaseMs })
  const stopping = new AbortController()
  const recover = createRecover({ ...shared, jobs, providers, clock, stopping: stopping.signal })
  const rounds = createRounds(leaseMs, recover)
  const payments = choosePayments(config, overrides, { db, now })
  const billing = createBilling({ db, log, now, mode, ...payments })
  const { requestLimit, callLimit } = createLimits(config, log)
  const generations: GenerationDeps = {
    db,
    jobs,
    recover,
    guard: createLedgerGuard({ db, clock }),
    answers: createAnswers({ db, log }),
    refusals: createRefusals({ db, log, now }),
    callLimit,
    diskSpace,
    files,
    unpaidPerHour: config.unpaidJobsPerHour,
    approveAbove: config.approveAbove,
    providers,
    now,
    stopping: stopping.signal,
    rates: loadRates(config.unknownModels, config.pricesFile),
    upstreamPrice: createPriceOf((endpoints) => upstreamPrices(config, endpoints), now),
    load: (reference, caller, signal) =>
      inputLoader(config, { db, now, files }, caller).load(reference, signal),
  }
  return {
    ...shared,
    config,
    meter,
    reports,
    mode,
    generations,
    billing,
    requestLimit,
    ...createSignIns(config, overrides, { db, log, now }),
    testCheckoutPage: payments.testCheckoutPage,
    showPagesAt: payments.showPagesAt,
    ...usagePageAddress(),
    ready: createReady({ db, recover, now }),
    ...createUpkeep(config, overrides, { db, log, now, files, diskSpace }),
    keepRecovering: () => rounds.start(),
    localCaller: (sessionName) => localCaller(config, sessionName),
    upstreamPrices: (endpoints) => upstreamPrices(config, endpoints),
    drain: (timeoutMs) => jobs.drain(timeoutMs),
    handOver: () => stopping.abort(),
    leave: () => jobs.leave(LEAVE_MS),
    close: async () => {
      rounds.stop()
      await Promise.all([generations.answers.allNoted(), generations.refusals.allNoted()])
      await jobs.close()
      billing.close()
      await Promise.all([callLimit.close(), reports.close(), stopTracing()])
      await db.close()
    },
  }
}

type StorageDeps = Pick<GenerationDeps, 'db' | 'providers' | 'now'> & { log: Log; meter: Meter }

type UpkeepDeps = Omit<PruneDeps, 'keep'> & { diskSpace: DiskSpace }

/** What `inkwell serve` does from time to time. The secret of alerts is read at the first one. */
function createUpkeep(config: Config, { hosts }: Overrides, { diskSpace, ...deps }: UpkeepDeps) {
  const { alerts, keep } = config
  const { db, log, now } = deps
  const secret = memoizeAsync<string>()
  const receiver = async () =>
    alerts && {
      url: alerts.url,
      secret: alerts.secret ?? (await secret('', () => db.write(alertSecret))),
    }
  const checkStore = () => diskSpace.assertFits(OUTPUT_SPACE)
  return {
    pruning: { ...deps, keep },
    alerts: createAlerts({ db, log, now, receiver, checkStore, hosts }),
  }
}

function createStorage(config: Config, deps: StorageDeps) {
  const fetchAgain = createFetchAgain(deps)
  const files = createFiles({ stores: openStores(config), keep: config.keep, fetchAgain, ...deps })
  return { files, diskSpace: createDiskSpace(config, files.store.check) }
}

function createObservation(config: Config, overrides: Overrides) {
  const meter = createMeter()
  const onDropped = () => meter.record('log_lines_dropped_total', 1, {})
  const log = overrides.log ?? createLog(config.logLevel, onDropped)
  return { meter, log, stopTracing: startTracing(config, log) }
}

type SignInDeps = Pick<App, 'db' | 'log' | 'now'>

function createSignIns(config: Config, overrides: Overrides, deps: SignInDeps) {
  return {
    authorizationServer: chooseAuthorizationServer(deps, overrides),
    identityProvider: chooseIdentityProvider(config),
  }
}

function createLimits(config: Config, log: Log) {
  const requestLimit = createRequestLimit(config.callsPerMinute)
  const callLimit = createCallLimit(
    () => openCallCounter(config, log),
    config.callsPerMinute,
    ({ keyId }) => requestLimit.giveBack(keyId),
  )
  return { requestLimit, callLimit }
}

function usagePageAddress(): Pick<App, 'showUsagePageAt' | 'usagePage'> {
  let page: string | null = null
  return { showUsagePageAt: (address) => void (page = address), usagePage: () => page }
}
