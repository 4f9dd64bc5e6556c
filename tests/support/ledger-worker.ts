import type { Db } from '../../src/db/db.ts'
import { openDb } from '../../src/db/queue.ts'
import { capture, hold } from '../../src/ledger/ledger.ts'
import { openEngine } from './databases.ts'
import { NO_CAPS, holdOf } from './holds.ts'
import { CAPTURE, HOLD } from './ledger-commands.ts'
import { credit } from './operator-acts.ts'
import { ACCOUNT, type Answer, type Job, type Outcome } from './worker-jobs.ts'

/** A process of its own on a ledger: takes one job over IPC, answers it and ends. */
process.once('message', (job) => void run(job as Job))
process.on('SIGXFSZ', () => {}) // a file at its size limit is to be an error, not the end of us
process.send?.('ready')

async function run(job: Job): Promise<void> {
  const db = await attempt(async () => openDb(await openEngine(job.url)))
  const answer: Answer = { outcomes: [], pairs: 0, slowestMs: 0 }
  if (typeof db === 'string') answer.outcomes.push(db)
  else {
    await work(db, job, answer)
    await db.close()
  }
  process.send?.(answer)
  process.disconnect()
}

async function work(db: Db, job: Job, answer: Answer): Promise<void> {
  switch (job.do) {
    case 'open':
      answer.outcomes.push('ok')
      return
    case 'hold': {
      const holds = job.ids.map((id) => reserve(db, id, job.amount, job.cap))
      answer.outcomes = await Promise.all(holds)
      return
    }
    case 'charge':
      answer.outcomes = await Promise.all(job.ids.map((id) => chargeInBatches(db, id, job)))
      return
    case 'pairs':
      return await pairs(db, job, answer)
    case 'credit':
      for (const given of job.credits) answer.outcomes.push(await give(db, given))
      return
    case 'fill':
      return await fill(db, job, answer)
    case 'stream':
      return await stream(db, job.name)
  }
}

/** Holds and captures under a cap of the day, in batches where the engine has them. */
async function chargeInBatches(
  db: Db,
  id: string,
  { amount, dayCap: day }: { amount: number; dayCap: number },
): Promise<Outcome> {
  const request = holdOf({ id, amount, account_id: ACCOUNT })
  return await outcomeOf(async () => {
    await db.apply(HOLD, { request, caps: { ...NO_CAPS, day } })
    await db.apply(CAPTURE, { id, amount, at: request.created_at })
  })
}

/** Holds and captures one micro-dollar as often as it can. */
async function pairs(db: Db, job: Extract<Job, { do: 'pairs' }>, answer: Answer): Promise<void> {
  const until = performance.now() + job.forMs
  while (performance.now() < until) {
    const id = `gen_${job.name}_${answer.pairs}`
    for (const step of [() => reserve(db, id, 1), () => charge(db, id, 1)]) {
      const begun = performance.now()
      const outcome = await step()
      answer.slowestMs = Math.max(answer.slowestMs, performance.now() - begun)
      if (outcome !== 'ok') answer.outcomes.push(outcome)
    }
    answer.pairs += 1
  }
}

/** Holds in groups of four until the disk is full, then a few more: every caller gets an answer. */
async function fill(db: Db, job: Extract<Job, { do: 'fill' }>, answer: Answer): Promise<void> {
  for (let round = 0; round < job.rounds; round++) {
    const ids = [0, 1, 2, 3].map((place) => `gen_${job.name}_${round * 4 + place}`)
    answer.outcomes.push(...(await Promise.all(ids.map((id) => reserve(db, id, 1)))))
  }
}

/** Holds and captures without end, and tells of each once it is durable. To be killed. */
async function stream(db: Db, name: string): Promise<void> {
  for (let count = 0; ; count++) {
    const id = `gen_${name}_${count}`
    if ((await reserve(db, id, 2)) === 'ok') process.send?.({ id, state: 'held' })
    if ((await charge(db, id, 1)) === 'ok') process.send?.({ id, state: 'captured' })
  }
}

function reserve(db: Db, id: string, amount: number, session: number | null = null) {
  const request = holdOf({ id, amount, account_id: ACCOUNT })
  return outcomeOf(() => db.write(() => hold(request, { ...NO_CAPS, session })))
}

function charge(db: Db, id: string, amount: number): Promise<Outcome> {
  return outcomeOf(() => db.write(() => capture(id, amount, Date.now())))
}

/** `replay` for a credit that another process gave under the same key. */
async function give(db: Db, given: { key: string; amount: number }): Promise<Outcome> {
  const act = { accountId: ACCOUNT, ...given }
  const isNew = await attempt(() => db.write(() => credit(act, Date.now())))
  return typeof isNew === 'string' ? isNew : isNew ? 'ok' : 'replay'
}

async function outcomeOf(operation: () => Promise<unknown>): Promise<Outcome> {
  const result = await attempt(operation)
  return typeof result === 'string' ? result : 'ok'
}

async function attempt<T>(operation: () => Promise<T>): Promise<T | string> {
  try {
    return await operation()
  } catch (error) {
    const { code, message } = error as Error & { code?: string }
    return code ?? message
  }
}
