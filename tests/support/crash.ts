import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { auditLedger, type Figures, type Place } from './crash-audit.ts'
import { CHEAP, LEASE_MS, type News, type Service, type Told } from './crash-jobs.ts'
import { startPayers, type Payer } from './crash-process.ts'
import { temporaryFolder } from './databases.ts'

export type { Figures }

const SERVICES: readonly [Service, Service] = ['dies', 'outlives']

/** Processes that pay on one ledger at the same time, each killed at its own instant. */
const TOGETHER = 2

/** Kills that one ledger goes through before the next begins from nothing. */
const KILLS_PER_LEDGER = 20

/** A process that has not paid for one picture by then is stuck, in milliseconds. */
const FIRST_RESULT_MS = 30_000

/** Failures that a client may see of these calls; any other is a bug. */
const ALLOWED = new Set(['content_refused', 'upstream_unavailable'])

/**
 * Kills processes in the middle of paid calls and proves after each that the ledger, the files and what
 * was told agree. Throws with the first thing that does not. Half of the ledgers use a service whose
 * jobs die with their process, half one whose jobs outlive it.
 */
export async function killInPaidCalls(
  kills: number,
  onRound: (figures: Figures) => void = () => {},
): Promise<Figures> {
  const figures: Figures = {
    kills: 0,
    begun: 0,
    told: 0,
    charged: 0,
    untold: 0,
    released: 0,
    resumed: 0,
    expired: 0,
    repeated: 0,
    orphans: 0,
  }
  const share = Math.min(KILLS_PER_LEDGER, Math.ceil(kills / 2))
  for (let ledger = 0; figures.kills < kills; ledger++) {
    const service = SERVICES[ledger % 2 === 0 ? 0 : 1]
    const round = { service, kills: Math.min(share, kills - figures.kills), onRound }
    await killOnOneLedger(round, figures)
  }
  return figures
}

type Series = { service: Service; kills: number; onRound: (figures: Figures) => void }

async function killOnOneLedger(
  { service, kills, onRound }: Series,
  figures: Figures,
): Promise<void> {
  using folder = temporaryFolder()
  const place: Place = {
    home: folder.path,
    env: { ...cheapPrices(folder.path), INKWELL_MAX_CALLS_PER_MINUTE: '999999' },
    service,
  }
  const before: Told = { begun: new Map(), paid: new Map() }
  let loading = startPayers(Math.min(TOGETHER, kills))
  try {
    for (let done = 0; done < kills;) {
      const payers = await loading
      const after = done + payers.length
      loading = startPayers(Math.min(TOGETHER, kills - after)) // they load while these are killed
      const round: Told = { begun: new Map(), paid: new Map() }
      const names = payers.map((_, number) => `${done}_${number}`)
      await Promise.all(
        payers.map((payer, number) => killAtRandom(payer, place, names[number] ?? '', round)),
      )
      figures.kills += payers.length
      await sleep(LEASE_MS + 20)
      await auditLedger(place, round, before, figures, { last: after >= kills })
      for (const [key, count] of round.begun) before.begun.set(key, count)
      for (const [key, paid] of round.paid) before.paid.set(key, paid)
      onRound(figures)
      done = after
    }
  } finally {
    await (await loading)[Symbol.asyncDispose]()
  }
  figures.begun += before.begun.size
  figures.told += before.paid.size
}

function cheapPrices(folder: string): Record<string, string> {
  const file = join(folder, 'prices.json')
  const price = { usd: CHEAP.usd, operation: 'generateImage' }
  writeFileSync(file, JSON.stringify({ [CHEAP.model]: price }))
  return { INKWELL_PRICES: file }
}

/**
 * Lets a process pay for 5 to 200 ms, from its start or from its first result on, and kills it. What it
 * told until then is told for good.
 */
async function killAtRandom(
  payer: Payer,
  { home, env, service }: Place,
  name: string,
  told: Told,
): Promise<void> {
  const heard: News[] = []
  const job = { do: 'stream', home, env, service, name, leaseMs: LEASE_MS } as const
  const fromFirstResult = Math.random() < 0.5
  const firstResult = fromFirstResult ? payer.next('paid') : Promise.resolve()
  try {
    payer.begin(job, (news) => void heard.push(news))
    await Promise.race([firstResult, tooLong(FIRST_RESULT_MS)])
    await sleep(5 + Math.random() * 195)
  } finally {
    await payer.kill()
  }
  for (const news of heard) note(news, told)
}

/** Rejects in a while, without keeping this process for it. */
async function tooLong(ms: number): Promise<never> {
  await sleep(ms, undefined, { ref: false })
  throw new Error(`a process paid for nothing in ${ms} ms`)
}

function note(news: News, { begun, paid }: Told): void {
  if (news.news === 'begun') begun.set(news.key, news.count)
  if (news.news === 'failed') ok(ALLOWED.has(news.code), `${news.key} failed with ${news.code}`)
  if (news.news !== 'paid') return
  const { key, id, cost, files } = news
  const first = paid.get(key) ?? news
  paid.set(key, first)
  deepStrictEqual([id, cost, files], [first.id, first.cost, first.files], `${key} is one picture`)
  strictEqual(cost, files.length * CHEAP.micro, `${key} is charged for its files`)
}
