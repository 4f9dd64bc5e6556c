import type { AuthorizationServer } from './connect/authorization-server.ts'
import type { FetchDocument } from './connect/client-document.ts'
import type { IdentityProvider } from './connect/identity.ts'
import { noPayments, type PaymentService, type TestCheckoutPage } from './billing/service.ts'
import type { Clock } from './clock.ts'
import type { Config } from './config.ts'
import { outputStore, type Bucket } from './config/store.ts'
import type { Db, Engine } from './db/db.ts'
import { limitsFile } from './db/lost-ledger.ts'
import { openDb } from './db/queue.ts'
import { ownReports, replicaReports, type Replica, type Reports } from './db/replica.ts'
import { takeOverPaths } from './generations/old-paths.ts'
import type { Providers } from './generations/deps.ts'
import { bindMode } from './ledger/metadata.ts'
import type { CallCounter } from './limits/call-limit.ts'
import type { Log } from './log.ts'
import { folderStore } from './media/folder-store.ts'
import { pathAt } from './media/bucket-address.ts'
import { lazyStore } from './media/lazy-store.ts'
import { FOLDER, type OutputStore, type OutputStores } from './media/output-store.ts'
import type { Meter } from './metrics.ts'
import { memoizeAsync } from './once.ts'
import type { UnitPrice } from './pricing/compare.ts'
import type { FalOptions } from './providers/fal.ts'
import type { Provider } from './providers/provider.ts'
import { traceWith } from './trace.ts'

// Chooses adapters by the configuration and loads each at its first use. No other file imports an adapter.

/** Replacements of adapters for a test. */
export type AdapterOverrides = {
  openLocalProvider?: () => Promise<Provider>
  openPayments?: () => Promise<PaymentService>
  fetchDocument?: FetchDocument
}

/** Returns the stores of the files, with others. Those in the output folder stay there until they are moved. */
export function openStores(config: Config, others: readonly OutputStore[] = []): OutputStores {
  const folder = folderStore(config.outputDir)
  const bucket = config.outputStore === null ? null : bucketStore(config, config.outputStore)
  const stores = [folder, ...(bucket === null ? [] : [bucket]), ...others]
  return {
    current: bucket ?? folder,
    named: (name) => stores.find((store) => store.name === (name ?? FOLDER)) ?? null,
  }
}

/** Returns the store that an option names: `folder`, or a bucket as in the settings. Throws `ConfigError`. */
export function storeAt(config: Config, place: string, option: string): OutputStore {
  if (place === FOLDER) return folderStore(config.outputDir)
  return bucketStore(config, outputStore(place, option))
}

function bucketStore({ outputDir: staging, storeKeys: keys }: Config, bucket: Bucket): OutputStore {
  const { name } = bucket
  const pathOf = (reference: string) => pathAt(bucket, reference)
  return lazyStore({ name, staging, localPath: () => null, pathOf }, async () => {
    const { createS3Store } = await import('./media/s3.ts')
    return createS3Store({ bucket, keys, staging })
  })
}

export async function openLedger(
  { database, mode, outputDir }: Config,
  { meter, clock, log }: { meter: Meter; clock: Clock; log: Log },
): Promise<Db> {
  const engine = await openEngine(database, meter)
  const db = openDb(engine, (count) => meter.record('commit_units', count, {}))
  try {
    await db.write(() => bindMode(mode))
    await clock.follow(db.status.time)
    await Promise.all([takeOverPaths(db, outputDir), tellEngine(db, log)]).catch(
      (error: unknown) => log.warn('ledger.opened', { error }), // neither is needed to use the ledger
    )
    return db
  } catch (error) {
    await db.close() // open connections would keep the process running
    throw error
  }
}

/** Warns of what is off on the database server. `inkwell doctor` names the server in any case. */
async function tellEngine(db: Db, log: Log): Promise<void> {
  const about = await db.status.about()
  if (about !== null && about.off.length > 0) log.warn('ledger.engine', about)
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

/** Chooses where reports are read: from a replica if one is configured. */
export function chooseReports(
  { replicaUrl }: Config,
  { db, meter, log }: { db: Db; meter: Meter; log: Log },
): Reports {
  if (replicaUrl === undefined) return ownReports(db)
  const open = async (): Promise<Replica> => {
    const { openPostgresReplica } = await import('./db/postgres.ts')
    return openPostgresReplica(replicaUrl, (sqlstate) =>
      meter.record('db_retries_total', 1, { sqlstate }),
    )
  }
  return replicaReports({
    db,
    open,
    onFailure: (error) => log.warn('replica.unavailable', { error }),
  })
}

export async function openCallCounter({ database }: Config, log: Log): Promise<CallCounter> {
  const limiter = await import('./limits/rate-limiter.ts')
  if (database.engine === 'postgres') return await limiter.openPostgresCounter(database.url)
  return await limiter.openSqliteCounter(limitsFile(database.file), (movedTo) =>
    log.warn('limits.damaged', { movedTo }),
  )
}

export function chooseProviders({ mode, fal }: Config, overrides: AdapterOverrides): Providers {
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
export function choosePayments(
  { mode, stripe }: Config,
  { openPayments }: AdapterOverrides,
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

/** Returns a function that opens the authorization server of an origin, once. */
export function chooseAuthorizationServer(
  deps: { db: Db; log: Log; now: () => number },
  { fetchDocument }: AdapterOverrides,
): (origin: string) => Promise<AuthorizationServer> {
  const opened = memoizeAsync<AuthorizationServer>()
  return (origin) =>
    opened(origin, async () => {
      const { createAuthorizationServer } = await import('./connect/oidc-provider.ts')
      return createAuthorizationServer({
        ...deps,
        origin,
        ...(fetchDocument !== undefined && { fetchDocument }),
      })
    })
}

/** Returns a function that opens the operator's identity provider, once; undefined where none is set. */
export function chooseIdentityProvider({
  identity,
}: Config): (() => Promise<IdentityProvider>) | undefined {
  if (identity === null) return undefined
  const opened = memoizeAsync<IdentityProvider>()
  return () =>
    opened('', async () => {
      const { createIdentityProvider } = await import('./connect/openid-client.ts')
      return createIdentityProvider(identity)
    })
}

export async function upstreamPrices(
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

/** Sends traces where a collector is set, until the returned function is called. Without one nothing is loaded. */
export function startTracing({ collector }: Config, log: Log): () => Promise<void> {
  if (collector === undefined) return async () => {}
  const opening = import('./tracing/opentelemetry.ts').then(
    ({ createTracer }) => createTracer(collector),
    (error: unknown) => {
      log.warn('tracing.unavailable', { error })
      return null
    },
  )
  traceWith(opening)
  return async () => {
    traceWith(null)
    await (await opening)?.close()
  }
}
