import type { Db } from '../../src/db/db.ts'
import { openPostgres } from '../../src/db/postgres.ts'
import { openDb } from '../../src/db/queue.ts'
import { CAPTURE, HOLD, RELEASE } from './ledger-commands.ts'
import { NO_CAPS, holdOf } from './holds.ts'
import { HOT, SPREAD, type AgentJob, type AgentNews } from './postgres-proof.ts'

/** A process of several agents that pay without end, and tell what they were told. To be killed. */
process.once('message', (job) => void run(job as AgentJob))
process.once('disconnect', () => process.exit())

const tell = (news: AgentNews): void => void process.send?.(news)

async function run({ url, name, agents }: AgentJob): Promise<void> {
  const db = await opened(url)
  await Promise.all(Array.from({ length: agents }, (_, number) => agent(db, `${name}_${number}`)))
}

/** A server may be away when the process starts. */
async function opened(url: string): Promise<Db> {
  for (;;) {
    try {
      return openDb(await openPostgres(url))
    } catch (error) {
      tell({ news: 'failed', id: 'open', code: codeOf(error) })
    }
  }
}

async function agent(db: Db, name: string): Promise<void> {
  for (let number = 0; ; number++) {
    const id = `gen_${name}_${number}`
    try {
      await pay(db, id)
    } catch (error) {
      tell({ news: 'failed', id, code: codeOf(error) })
    }
  }
}

/** Half of the calls are on the hot account. Every tenth fails, and some tell the ledger twice. */
async function pay(db: Db, id: string): Promise<void> {
  const account_id = Math.random() < 0.5 ? HOT : `acct_${Math.floor(Math.random() * SPREAD)}`
  const at = Date.now()
  const request = holdOf({
    id,
    amount: 2,
    account_id,
    session_id: `ses_${account_id}`,
    created_at: at,
  })
  const order = { request, caps: { ...NO_CAPS, day: 5_000_000 } }
  await db.apply(HOLD, order)
  tell({ news: 'done', id, state: 'held' })
  if (Math.random() < 0.05) await db.apply(HOLD, order)
  if (Math.random() < 0.1) {
    await db.apply(RELEASE, { id, at, state: 'released' })
    tell({ news: 'done', id, state: 'released' })
    return
  }
  const times = Math.random() < 0.05 ? 2 : 1
  const charge = { id, amount: 1, at }
  await Promise.all(Array.from({ length: times }, () => db.apply(CAPTURE, charge)))
  tell({ news: 'done', id, state: 'captured' })
}

function codeOf(error: unknown): string {
  const { code, message } = error as Error & { code?: string }
  return code ?? message
}
