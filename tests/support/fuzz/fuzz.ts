import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict'
import fc from 'fast-check'
import { findDifference } from '../../../src/verify.ts'
import { byId, chargesOf, check, isGood, type Charge, settled, toldIn } from './audit.ts'
import { mcpRequests } from './mcp.ts'
import { operationsOf, restRequests, type Sent } from './rest.ts'
import type { Answer } from './send.ts'
import { createSender } from './sender.ts'
import { MALFORMED, corruptedRequests } from './corrupt.ts'
import { openStage, type Stage } from './stage.ts'
import { createValues } from './values.ts'

export type FuzzOptions = { requests: number; seed: number; connections?: number }

/** What a run of requests came to. */
export type Figures = {
  requests: number
  /** Operations of the document and tools, and those among them of which nothing succeeded. */
  targets: number
  unreached: string[]
  /** Answers by status; 0 is a connection that was closed without any. */
  statuses: Record<string, number>
  paid: number
  charged: number
  slowestMs: number
  /** Seconds in which the event loop was held for more than 100 ms, of all seconds. */
  heldSeconds: { above: number; all: number }
}

/** Requests made at a time: enough to keep every connection busy, few enough to keep in memory. */
const BATCH = 500

/**
 * Sends generated requests to every route and tool of a real server, over several connections, and throws
 * where one is answered with a 5xx, an internal error or a secret, or not in time. Afterwards the ledger
 * must verify, and every charge must be one that an answer told of.
 */
export async function fuzz(
  { requests, seed, connections = 8 }: FuzzOptions,
  onProgress: (done: number) => void = () => {},
): Promise<Figures> {
  await using stage = await openStage()
  const { home, server, document, tools, keys } = stage
  const told = new Map<string, number | null>(await chargesOf(home))
  const answers: Pick<Answer, 'status' | 'tookMs'>[] = []
  const reached = new Set<string>()
  for (let done = 0; done < requests; done += BATCH) {
    const count = Math.min(BATCH, requests - done)
    const work = fc.sample(anyRequest(stage), { numRuns: count, seed: seed + done }).values()
    const send = createSender(stage)
    const connection = async () => {
      for (const sent of work) {
        const about = () => `seed ${seed}: ${JSON.stringify(sent).slice(0, 2_000)}`
        const answer = await send(sent).catch((cause: unknown) => {
          throw new Error(`no answer: ${about()}`, { cause })
        })
        check(answer, stage.secrets, about)
        for (const [id, cost] of toldIn(answer)) told.set(id, cost ?? told.get(id) ?? null)
        if (typeof sent !== 'string' && isGood(answer)) reached.add(sent.target)
        answers.push({ status: answer.status, tookMs: answer.tookMs })
      }
    }
    await Promise.all(Array.from({ length: connections }, connection))
    onProgress(done + count)
  }
  await settled(home)
  const charges = await chargesOf(home)
  const charged = new Map(charges)
  // What was handed over may have come to nothing; what it was charged since, an answer could not know.
  const expected = [...told].flatMap(([id, cost]): Charge[] => {
    const known = cost ?? charged.get(id)
    return known === undefined ? [] : [[id, known]]
  })
  deepStrictEqual(
    charges.toSorted(byId),
    expected.toSorted(byId),
    'an answer tells of every charge',
  )
  strictEqual(await home.withLedger((db) => db.read(findDifference)), null)
  const heldSeconds = heldIn(await (await server.get('/metrics')).text())
  strictEqual(await server.stop(), 0)
  const log = stage.log()
  const faults = log.split('\n').filter((line) => line.includes('"msg":"fault"'))
  deepStrictEqual(faults, [], `seed ${seed}: no fault is in the log`)
  for (const key of keys.good) ok(!log.includes(key), 'no key is in the log')
  const targets = [
    ...operationsOf(document).map(({ method, path }) => `${method} ${path}`),
    ...tools.map(({ name }) => name),
  ]
  return {
    requests: answers.length,
    targets: targets.length,
    unreached: targets.filter((target) => !reached.has(target)),
    statuses: countBy(answers.map(({ status }) => String(status))),
    paid: charges.length,
    charged: charges.reduce((sum, [, cost]) => sum + cost, 0),
    slowestMs: Math.max(...answers.map(({ tookMs }) => tookMs)),
    heldSeconds,
  }
}

/** Every route and tool that the server says it has, and now and then what is no HTTP at all. */
function anyRequest({ document, tools, known, keys }: Stage): fc.Arbitrary<Sent | string> {
  const values = createValues(document, known)
  const whole = fc.oneof(
    { weight: 2, arbitrary: restRequests(document, values) },
    { weight: 3, arbitrary: mcpRequests(tools, values) },
  )
  return fc.oneof(
    { weight: 49, arbitrary: corruptedRequests(whole, keys) },
    { weight: 1, arbitrary: fc.constantFrom(...MALFORMED) },
  )
}

/** Reads the histogram of event-loop delays. */
function heldIn(metrics: string): Figures['heldSeconds'] {
  const within = (le: string): number => {
    const line = new RegExp(`^inkwell_event_loop_delay_seconds_bucket\\{le="${le}"\\} (\\d+)$`, 'm')
    return Number(line.exec(metrics)?.[1])
  }
  const all = within('\\+Inf')
  return { above: all - within('0.1'), all }
}

function countBy(names: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1
  return counts
}
