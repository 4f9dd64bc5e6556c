import type { Db } from '../../src/db/db.ts'
import { openPostgres } from '../../src/db/postgres.ts'
import { openDb } from '../../src/db/queue.ts'
import { CAPTURE, HOLD, RELEASE } from './ledger-commands.ts'
import { NO_CAPS, holdOf } from './holds.ts'
import { HOT, SPREAD, type AgentJob, type AgentNews, type Step } from './postgres-proof.ts'
import { buy } from './purchases.ts'

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
      tell(failure('open', 'open', error))
    }
  }
}

async function agent(db: Db, name: string): Promise<void> {
  for (let number = 0; ; number++) {
    const id = `gen_${name}_${number}`
    const told: Told = { id, step: 'held' }
    try {
      if (Math.random() < 0.05) await purchase(db, told)
      else await pay(db, told)
    } catch (error) {
      const news = failure(told.id, told.step, error)
      tell(told.isTwice === true && news.news === 'failed' ? { ...news, nothingDone: false } : news)
    }
  }
}

/** What is being done. Of a step that is done twice at once, one may fail where the other does not. */
type Told = { id: string; step: Step; isTwice?: boolean }

/** Half of the calls are on the hot account. */
const anyAccount = (): string =>
  Math.random() < 0.5 ? HOT : `acct_${Math.floor(Math.random() * SPREAD)}`

/** Every tenth call fails, and some tell the ledger twice. `told` is what is being done. */
async function pay(db: Db, told: Told): Promise<void> {
  const { id } = told
  const account_id = anyAccount()
  const at = Date.now()
  const request = holdOf({ id, amount: 2, account_id, created_at: at })
  const order = { request, caps: { ...NO_CAPS, day: 5_000_000 } }
  await db.apply(HOLD, order)
  tell({ news: 'done', id, state: 'held' })
  if (Math.random() < 0.05) await db.apply(HOLD, order)
  if (Math.random() < 0.1) {
    told.step = 'released'
    await db.apply(RELEASE, { id, at, state: 'released' })
    tell({ news: 'done', id, state: 'released' })
    return
  }
  told.step = 'captured'
  const times = Math.random() < 0.05 ? 2 : 1
  told.isTwice = times === 2
  const charge = { id, amount: 1, at }
  await Promise.all(Array.from({ length: times }, () => db.apply(CAPTURE, charge)))
  tell({ news: 'done', id, state: 'captured' })
}

/** Buys credits for a cent. */
async function purchase(db: Db, told: Told): Promise<void> {
  const id = `pur_${crypto.randomUUID().replaceAll('-', '')}`
  Object.assign(told, { id, step: 'bought' })
  const [account, at] = [anyAccount(), Date.now()]
  await db.write(() => buy(id, account, 1, at))
  tell({ news: 'done', id, state: 'bought' })
}

function failure(id: string, step: Step, error: unknown): AgentNews {
  const { code, message } = error as Error & { code?: string }
  const nothingDone = message.includes('nothing was charged')
  return { news: 'failed', id, step, code: code ?? message, nothingDone }
}
