import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createApp, type App } from '../../src/app.ts'
import { loadConfig } from '../../src/config.ts'
import type { Row, TransactionBody } from '../../src/db/db.ts'
import { perform } from '../../src/generations/perform.ts'
import { lookUp } from '../../src/generations/wait.ts'
import { findDifference } from '../../src/verify.ts'
import { isOutput } from './app.ts'
import { CHEAP, LEASE_MS, type File, type Service, type Told } from './crash-jobs.ts'
import { crashService, resumedJobs } from './crash-service.ts'

/** What a series of kills came to. */
export type Figures = Record<
  | 'kills'
  /** Keys that processes began to pay for, and those of which they told the result before they died. */
  | 'begun'
  | 'told'
  /** Generations charged, and those among them whose result was never told. */
  | 'charged'
  | 'untold'
  | 'released'
  | 'resumed'
  | 'expired'
  /** Calls made again with their key after a kill. */
  | 'repeated'
  /** Files that belong to no charge, left on disk by a kill. */
  | 'orphans',
  number
>

/** A ledger that processes are killed on, and the image service that they use. */
export type Place = { home: string; env: Record<string, string>; service: Service }

/**
 * Opens a ledger after its processes were killed, recovers, and asserts that it agrees with itself, with
 * the files and with what was told. The `last` audit of a ledger also lets what is left expire.
 */
export async function auditLedger(
  place: Place,
  round: Told,
  before: Told,
  figures: Figures,
  { last }: { last: boolean },
): Promise<void> {
  await using opened = open(place)
  const { app } = opened
  await recoverAll(app)
  await agrees(app)
  await holdsNothingElse(app, place.service)
  for (const paid of round.paid.values()) {
    const caller = app.localCaller('crash')
    const { status, cost, assets } = await lookUp(app.generations, caller, paid.id)
    deepStrictEqual([status, cost], ['completed', paid.cost], `${paid.key} stays as it was told`)
    deepStrictEqual(
      assets.map(({ path, sha256 }) => ({ path, sha256 })),
      paid.files,
    )
    intact(app, paid.files)
  }
  await repeat(app, round, figures)
  await agrees(app)
  if (!last) return
  await expireTheRest(place)
  await everythingCharged(app, place, before, round, figures)
}

function open({ home, env, service }: Place, aheadMs = 0): AsyncDisposable & { app: App } {
  const app = createApp(loadConfig({ INKWELL_HOME: home, ...env }, 'silent'), {
    now: () => Date.now() + aheadMs,
    leaseMs: LEASE_MS,
    openLocalProvider: async () =>
      crashService(service, { folder: join(home, 'service'), slowestMs: 5, moody: false }),
  })
  return {
    app,
    [Symbol.asyncDispose]: async () => {
      await app.drain(10_000)
      await app.close()
    },
  }
}

/** Sweeps until every lease that had run out is taken over, and waits for the resumed work. */
async function recoverAll(app: App): Promise<void> {
  for (let sweeps = 0; sweeps < 100; sweeps++) {
    const [lost] = await rows(
      app,
      `select count(*) as lost from generation where status = 'running' and lease_until < ${Date.now()}`,
    )
    if (lost?.['lost'] === 0) break
    await app.generations.recover()
    await app.drain(10_000)
  }
}

async function agrees(app: App): Promise<void> {
  strictEqual(await app.db.read(findDifference), null)
  const [sums] = await rows(
    app,
    `select available + held - debt as balance, spent,
      (select sum(case when credit = 'customer' then amount when debit = 'customer' then -amount end) from entry) as entries,
      (select coalesce(sum(amount), 0) from entry where kind = 'capture') as captures
     from account`,
  )
  if (sums === undefined) return // killed before the account was opened
  strictEqual(sums['balance'], sums['entries'], 'the balance is the sum of the entries')
  strictEqual(sums['spent'], sums['captures'])
  deepStrictEqual(
    await rows(
      app,
      `select idempotency_key from generation where status <> 'failed' group by idempotency_key having count(*) > 1`,
    ),
    [],
    'no key stands for two pictures',
  )
}

/** Only work that may have reached a service that outlives us is still held. */
async function holdsNothingElse(app: App, service: Service): Promise<void> {
  const open = await rows(
    app,
    `select g.id from generation g join hold h on h.id = g.id
     where h.state = 'held' and not (g.upstream_id is null and ${service === 'outlives' ? 1 : 0})`,
  )
  deepStrictEqual(open, [], 'no other hold is open')
}

/** Makes calls again as a client would that was cut off, with their keys: what was charged is replayed. */
async function repeat(app: App, { begun, paid }: Told, figures: Figures): Promise<void> {
  const untold = [...begun.keys()].filter((key) => !paid.has(key))
  const told = [...paid.keys()].slice(-10)
  await Promise.all(
    [...untold, ...told].map(async (key) => {
      const count = begun.get(key) ?? 1
      const { generation, replayed } = await perform(
        app.generations,
        {
          operation: 'generateImage',
          model: CHEAP.model,
          count,
          prompt: key,
          width: 64,
          height: 64,
        },
        app.localCaller('crash'),
        { ...ONCE_MORE, idempotencyKey: key },
      )
      const known = paid.get(key)
      if (known !== undefined) deepStrictEqual([generation.id, replayed], [known.id, true])
      else if (generation.status === 'completed') intact(app, generation.assets)
      figures.repeated += 1
    }),
  )
  await app.drain(10_000)
}

const ONCE_MORE = {
  maxCost: null,
  signal: new AbortController().signal,
  disconnected: new AbortController().signal,
  onProgress: () => {},
  handOverMs: 0,
}

/** A quarter of an hour later nothing is held any more. */
async function expireTheRest(place: Place): Promise<void> {
  await using later = open(place, 16 * 60_000)
  for (let sweeps = 0; sweeps < 20; sweeps++) await later.app.generations.recover()
  await later.app.drain(10_000)
  await agrees(later.app)
  deepStrictEqual(await rows(later.app, `select id from hold where state = 'held'`), [])
}

/** Every charge has its files as they were written, and no result that a service has was lost. */
async function everythingCharged(
  app: App,
  { home }: Place,
  before: Told,
  round: Told,
  figures: Figures,
): Promise<void> {
  const charged = await rows(
    app,
    `select g.id, g.idempotency_key as key, h.captured from generation g join hold h on h.id = g.id where h.state = 'captured'`,
  )
  const assets = await rows(app, 'select generation_id as id, path, sha256 from asset')
  for (const { id, captured } of charged) {
    const files = assets.filter((asset) => asset['id'] === id) as unknown as File[]
    ok(files.length > 0)
    strictEqual(captured, files.length * CHEAP.micro)
    intact(app, files)
  }
  const told = new Map([...before.paid, ...round.paid])
  const ids = new Set(charged.map(({ id }) => id))
  for (const { id, key } of told.values()) ok(ids.has(id), `the result of ${key} is lost`)
  deepStrictEqual(
    await rows(
      app,
      `select id from generation where upstream_id is not null and status <> 'completed'`,
    ),
    [],
    'whatever has an upstream id was fetched',
  )
  const [ended] = await rows(
    app,
    `select sum(state = 'released') as released, sum(state = 'expired') as expired from hold`,
  )
  const known = new Set(assets.map(({ path }) => path))
  figures.charged += charged.length
  figures.untold += charged.filter(({ key }) => !told.has(String(key))).length
  figures.released += Number(ended?.['released'])
  figures.expired += Number(ended?.['expired'])
  figures.resumed += resumedJobs(join(home, 'service')).length
  const files = readdirSync(app.config.outputDir).filter(isOutput)
  figures.orphans += files.filter((name) => !known.has(name)).length
}

function intact({ config }: App, files: File[]): void {
  for (const { path, sha256 } of files) {
    const content = readFileSync(join(config.outputDir, path))
    strictEqual(createHash('sha256').update(content).digest('hex'), sha256, path)
  }
}

async function rows({ db }: App, sql: string): Promise<Row[]> {
  return await db.read(function* read(): TransactionBody<Row[]> {
    return yield () => ({ sql, parameters: [] })
  })
}
