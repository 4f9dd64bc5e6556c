import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict'
import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { query, type Db } from '../../src/db/db.ts'
import { openPostgres } from '../../src/db/postgres.ts'
import { openDb } from '../../src/db/queue.ts'
import { openAccount } from '../../src/ledger/ledger.ts'
import { findDifference } from '../../src/verify.ts'
import type { PostgresServer } from './postgres.ts'

const AGENT = fileURLToPath(new URL('postgres-agent.ts', import.meta.url))

/** Accounts that are paid from at random, beside the hot one. */
export const SPREAD = 1_000
export const HOT = 'acct_hot'

export type AgentJob = { url: string; name: string; agents: number }

/** What a process was told by its ledger, and tells on at once. */
export type AgentNews =
  | { news: 'done'; id: string; state: State }
  | { news: 'failed'; id: string; code: string; step: Step; nothingDone: boolean }

/** What an order or a purchase is told to be, and the step that failed. */
type State = 'held' | 'captured' | 'released' | 'bought'
export type Step = 'open' | State
/** A step of an order that failed, and whether its caller was told that nothing was done. */
export type Failure = { id: string; code: string; step: Step; nothingDone: boolean }

export type ProofOptions = {
  server: PostgresServer
  processes: number
  /** Over all processes. */
  agents: number
  /** How long all goes on after the first charge, in milliseconds. */
  forMs: number
  /** How often a process is killed, and how often the server, in milliseconds; at random around it. */
  killEveryMs: number
  crashEveryMs: number
}

export type AuditFigures = Record<State | 'rows' | 'open', number>
export type ProofFigures = AuditFigures & Record<'kills' | 'crashes' | 'failed', number>

/**
 * Processes of many agents pay from one hot account and a thousand others, while they are killed at random and
 * PostgreSQL itself is stopped as by a crash and started again. Then every order that anyone was told of is
 * there exactly once, and the ledger agrees with itself. Throws with the first that does not.
 */
export async function proveOnPostgres(options: ProofOptions): Promise<ProofFigures> {
  const { server } = options
  await openAccounts(server.url)
  const told = new Map<string, string>()
  const failed: Failure[] = []
  const figures = { kills: 0, crashes: 0 }
  const onNews = (news: AgentNews): void => {
    if (news.news === 'failed') failed.push(news)
    else told.set(news.id, news.state)
  }
  let over = false
  const isOver = (): boolean => over
  const lane = async (place: number): Promise<void> => {
    for (let life = 0; !isOver(); life++) {
      const agents = options.agents / options.processes
      const child = startAgents({ url: server.url, agents }, `${place}_${life}`, onNews)
      await once(child, 'message') // a slow machine takes seconds to start it
      await restOrEnd(options.killEveryMs * (0.5 + Math.random()), isOver)
      child.kill('SIGKILL')
      await once(child, 'close') // all that it told has arrived
      figures.kills += 1
    }
  }
  const working = async (): Promise<void> => {
    while (![...told.values()].includes('captured')) await sleep(20)
  }
  const crashing = async (): Promise<void> => {
    await working()
    while (!isOver()) {
      await restOrEnd(options.crashEveryMs * (0.5 + Math.random()), isOver)
      if (isOver()) return
      await server.stopImmediately()
      await sleep(Math.random() * 500)
      await server.start()
      figures.crashes += 1
    }
  }
  const lanes = Array.from({ length: options.processes }, (_, place) => lane(place))
  const crashes = crashing()
  await working()
  await sleep(options.forMs)
  over = true
  await Promise.all([...lanes, crashes])
  return { ...figures, failed: failed.length, ...(await audit(server.url, told, failed)) }
}

/** Rests for a time, or until all is over. */
async function restOrEnd(ms: number, isOver: () => boolean): Promise<void> {
  const until = performance.now() + ms
  while (!isOver() && performance.now() < until) await sleep(20)
}

export function startAgents(
  { url, agents }: Pick<AgentJob, 'url' | 'agents'>,
  name: string,
  onNews: (news: AgentNews) => void,
): ChildProcess {
  const child = fork(AGENT, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  child.on('message', (news) => onNews(news as AgentNews))
  child.send({ url, name, agents } satisfies AgentJob)
  return child
}

export async function openAccounts(url: string): Promise<void> {
  const db = openDb(await openPostgres(url))
  const ids = Array.from({ length: SPREAD }, (_, number) => `acct_${number}`)
  await Promise.all([HOT, ...ids].map((id) => db.write(() => openAccount(id, id, Date.now()))))
  await db.close()
}

const RANK: Record<string, number> = { held: 0, captured: 1, released: 1 }

/** Compares what was told with what is there. Throws with the first that differs. */
export async function audit(
  url: string,
  told: Map<string, string>,
  failed: readonly Failure[],
): Promise<AuditFigures> {
  const db = openDb(await openPostgres(url))
  deepStrictEqual(await db.read(findDifference), null)
  const negative = await db.read(() =>
    query((from) => from.selectFrom('account').select('id').where('available', '<', 0)),
  )
  strictEqual(negative.length, 0, 'accounts below zero')
  const states = await statesOf(db)
  const counts = { held: 0, captured: 0, released: 0, bought: 0 }
  for (const [id, state] of told) {
    const kept = states.get(id)
    const agrees = kept === state || (state === 'held' && RANK[kept ?? ''] === 1)
    ok(agrees, `${id} was told to be ${state}, and is ${kept}`)
    counts[state as keyof typeof counts] += 1
  }
  for (const { id, code, step, nothingDone } of failed) {
    ok(/^(ledger_unavailable|insufficient_credits)$/.test(code), `${id} was told ${code}`)
    const before = step === 'held' || step === 'bought' ? undefined : 'held'
    const isRepeat = step === 'held' && told.has(id) // the first time it was held
    if (nothingDone && step !== 'open' && !isRepeat)
      strictEqual(states.get(id), before, `${id} was told that it is not ${step}`)
  }
  await db.close()
  const open = [...states.values()].filter((state) => state === 'held').length
  return { ...counts, rows: states.size, open }
}

async function statesOf(db: Db): Promise<Map<string, string>> {
  const holds = await db.read(() =>
    query((from) => from.selectFrom('hold').select(['id', 'state'])),
  )
  const bought = await db.read(() =>
    query((from) => from.selectFrom('purchase').select('id').where('completed_at', 'is not', null)),
  )
  return new Map([
    ...holds.map(({ id, state }) => [id, state] as const),
    ...bought.map(({ id }) => [id, 'bought'] as const),
  ])
}
