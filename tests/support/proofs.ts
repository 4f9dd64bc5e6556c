import { strictEqual } from 'node:assert/strict'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { query, type Db } from '../../src/db/db.ts'
import { openDb } from '../../src/db/queue.ts'
import { openSqlite } from '../../src/db/sqlite/sqlite.ts'
import { openAccount } from '../../src/ledger/ledger.ts'
import { findDifference } from '../../src/verify.ts'
import { startWorkers, type Worker } from './processes.ts'
import { syncCounter } from './sync-count.ts'
import { ACCOUNT, type Answer } from './worker-jobs.ts'

/** Proofs that take longer than a test may, each on a new ledger file. They throw where they fail. */

async function newLedger(file: string): Promise<Db> {
  const db = openDb(await openSqlite(file))
  await db.write(() => openAccount(ACCOUNT, 'one', Date.now()))
  return db
}

/** Counts how often the disk is synced for holds one after another, and for groups of four. */
export async function countSyncs(folder: string): Promise<string> {
  const counter = syncCounter(folder)
  if (counter === null) return 'not counted: this needs Linux and a C compiler'
  const file = `${folder}/ledger.db`
  const db = await newLedger(file)
  const url = `sqlite:${file}`
  const count = async (job: (name: string) => Parameters<Worker['run']>[0]) => {
    const [idle, worker] = await startWorkers(2, { env: counter.env })
    const before = counter.count()
    await idle?.run({ do: 'open', url })
    const opening = counter.count() - before
    const answer = await worker?.run(job(`s${before}`))
    return { syncs: counter.count() - before - 2 * opening, answer }
  }
  const single = await count((name) => ({ do: 'pairs', url, name, forMs: 100 }))
  const commits = 2 * (single.answer?.pairs ?? 0)
  assertSynced(commits, single.syncs)
  const grouped = await count((name) => ({ do: 'fill', url, name, rounds: 10 }))
  assertSynced(10, grouped.syncs)
  await db.close()
  return `${commits} single commits: ${single.syncs} syncs; 10 groups of 4: ${grouped.syncs} syncs`
}

/** Now and then the log begins anew or is moved into the file, which is synced too. */
function assertSynced(commits: number, syncs: number): void {
  if (syncs < commits || syncs > commits + Math.ceil(commits / 25) + 2) {
    throw new Error(`${commits} commits were synced ${syncs} times`)
  }
}

type Told = { id: string; state: 'held' | 'captured' }

/** Kills two writing processes at any moment, again and again: what they were told is done stays done. */
export async function killWriters(file: string, kills: number): Promise<string> {
  const db = await newLedger(file)
  const told = new Map<string, Told['state']>()
  for (let kill = 0; kill < kills; kill++) {
    const workers = await startWorkers(2)
    for (const [place, { process: child }] of workers.entries()) {
      child.on('message', ({ id, state }: Told) => told.set(id, state))
      child.send({ do: 'stream', url: `sqlite:${file}`, name: `${kill}_${place}` })
    }
    await sleep(50 + Math.random() * 400)
    await Promise.all(
      workers.map(async ({ process: child }) => {
        const closed = once(child, 'close')
        child.kill('SIGKILL')
        await closed
      }),
    )
    strictEqual(await db.read(findDifference), null)
  }
  const rows = await db.read(() => query((from) => from.selectFrom('hold').select(['id', 'state'])))
  const states = new Map(rows.map(({ id, state }) => [id, state]))
  for (const [id, state] of told) {
    const kept = states.get(id)
    if (kept !== 'captured' && kept !== state) throw new Error(`${id} was ${state}, is ${kept}`)
  }
  await db.close()
  return `${2 * kills} processes killed, ${told.size} holds they were told of all there`
}

/** Four processes write as fast as they can: how fairly they share, and how long one call waited. */
export async function shareFile(file: string, forMs: number): Promise<string> {
  const db = await newLedger(file)
  const workers = await startWorkers(4)
  const answers: Answer[] = await Promise.all(
    workers.map((worker, place) =>
      worker.run({ do: 'pairs', url: `sqlite:${file}`, name: `p${place}`, forMs }),
    ),
  )
  strictEqual(answers.flatMap(({ outcomes }) => outcomes).join(), '', 'refusals')
  strictEqual(await db.read(findDifference), null)
  await db.close()
  const pairs = answers.map((answer) => answer.pairs)
  const mean = pairs.reduce((sum, each) => sum + each, 0) / pairs.length
  const share = Math.min(...pairs) / mean
  if (share < 0.5) throw new Error(`the slowest got ${share.toFixed(2)} of the mean`)
  const slowest = Math.max(...answers.map(({ slowestMs }) => slowestMs))
  return `pairs ${pairs.join(', ')}; slowest process ${share.toFixed(2)} of the mean; longest call ${slowest.toFixed(0)} ms`
}
