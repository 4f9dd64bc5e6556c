import { ok } from 'node:assert/strict'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  audit,
  openAccounts,
  startAgents,
  type AgentNews,
  type AuditFigures,
  type Failure,
} from '../postgres-proof.ts'
import type { Cluster, Death } from './cluster.ts'

export type FailoverOptions = {
  cluster: Cluster
  /** In two processes. */
  callers: number
  /** The deaths of primaries, one after the other. */
  deaths: readonly Death[]
  /** Is told each step. */
  onStep?: (words: string) => void
}

/** Of one death: until another server was promoted, and from then until a caller was told of a charge. Milliseconds. */
type Outage = { death: Death; promotedMs: number; servedMs: number }

export type FailoverFigures = AuditFigures & {
  /** How long one handover took, in milliseconds. No call failed in it. */
  switchedMs: number
  outages: Outage[]
  /** Calls that were told that nothing was done, and calls that were told that it is not known. */
  nothingDone: number
  unknown: number
}

/** The longest time from the promotion of a server to the next charge. A retry waits up to half a second. */
const SERVED_MAX_MS = 10_000

/**
 * Callers pay and buy while primaries are killed and one hands over. Then everything that anyone was told is so, and the
 * ledger agrees with itself. Throws with the first that does not.
 */
export async function proveFailover(options: FailoverOptions): Promise<FailoverFigures> {
  const { cluster, callers, deaths, onStep = () => {} } = options
  await openAccounts(cluster.url)
  const told = new Map<string, string>()
  const failed: Failure[] = []
  let newestCharge = 0
  const onNews = (news: AgentNews): void => {
    if (news.news === 'failed') return void failed.push(news)
    told.set(news.id, news.state)
    if (news.state === 'captured') newestCharge = performance.now()
  }
  const children = ['a', 'b'].map((name) =>
    startAgents({ url: cluster.url, agents: callers / 2 }, name, onNews),
  )
  /** Waits for a charge that is told after now, and returns how long that took. */
  const charged = async (): Promise<number> => {
    const begun = performance.now()
    const isCharged = (): boolean => newestCharge > begun
    while (!isCharged()) {
      ok(performance.now() < begun + 60_000, 'nothing is charged any more')
      await sleep(10)
    }
    return newestCharge - begun
  }
  try {
    await charged()
    const before = failed.length
    const switchedMs = await cluster.switchOver()
    await charged()
    await sleep(1_000)
    ok(failed.length === before, `${failed.length - before} calls failed in a switchover`)
    onStep(`a switchover took ${Math.round(switchedMs)} ms, and no call failed`)
    const outages: Outage[] = []
    for (const death of deaths) {
      await cluster.whole()
      await charged()
      const promotedMs = await cluster.killPrimary(death)
      const servedMs = await charged()
      ok(servedMs < SERVED_MAX_MS, `${servedMs} ms from the promotion to the next charge`)
      outages.push({ death, promotedMs, servedMs })
      onStep(
        `${death}: promoted after ${Math.round(promotedMs)} ms, charging ${Math.round(servedMs)} ms later`,
      )
    }
    const ended = children.map((child) => once(child, 'close'))
    for (const child of children) child.kill('SIGKILL')
    await Promise.all(ended) // all that they told is heard
    await cluster.whole()
    const nothingDone = failed.filter((each) => each.nothingDone).length
    return {
      ...(await audit(cluster.url, told, failed)),
      switchedMs,
      outages,
      nothingDone,
      unknown: failed.length - nothingDone,
    }
  } finally {
    for (const child of children) child.kill('SIGKILL')
  }
}
