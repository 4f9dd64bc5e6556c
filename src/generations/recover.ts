import { expireAll } from '../approvals/decide.ts'
import type { Clock } from '../clock.ts'
import { crypto } from '../crypto.ts'
import { firstOrThrow, type Db } from '../db/db.ts'
import { AppError } from '../errors.ts'
import { HoldError } from '../ledger/post.ts'
import type { HoldTable } from '../db/schema/ledger.ts'
import { findHold } from '../ledger/queries/hold.ts'
import type { Log } from '../log.ts'
import type { OutputStore } from '../media/output-store.ts'
import { workLabels } from '../metrics.ts'
import { kindOf } from '../pricing/kind.ts'
import { withBill, type Provider } from '../providers/provider.ts'
import { FAIL } from './commands.ts'
import { RETENTION_MS } from './deliver.ts'
import type { Failure } from './finish.ts'
import { readFailure, type Remarks, type StoredRequest } from './generation.ts'
import type { Start } from './active-job.ts'
import type { Jobs } from './jobs.ts'
import { discardAll, metadataOf } from './outputs.ts'
import type { Providers } from './deps.ts'
import { findLeft, takeOver } from './queries.ts'
import type { GenerationTable } from '../db/schema/generations.ts'

/** Most generations taken over in one transaction. */
const SWEEP_MAX = 16

export type Recover = () => Promise<void>
type RecoverDeps = {
  db: Db
  jobs: Jobs
  providers: Providers
  now: () => number
  log: Log
  store: OutputStore
  /** Measured again if that is due: leases are judged by it. */
  clock: Pick<Clock, 'refresh'>
  /** Ends recovery: what this process has left is for others. */
  stopping: AbortSignal
}

/**
 * Creates the function that finishes or releases generations whose process has died. A job with an upstream id is
 * resumed. A job that died with its process is released. A job whose submission may have arrived keeps its hold until
 * that expires. Ends the approvals whose time is over, too. Concurrent callers share one sweep. Never rejects.
 */
export function createRecover(deps: RecoverDeps): Recover {
  let sweeping: Promise<void> | undefined
  let fails = false
  const sweepAndLog = async (): Promise<void> => {
    try {
      await deps.clock.refresh()
      await sweep(deps)
      fails = false
    } catch (error) {
      if (!fails) deps.log.warn('recover.failed', { error }) // once, not every few seconds
      fails = true
    }
  }
  return async () => {
    if (deps.stopping.aborted) return
    sweeping ??= sweepAndLog().finally(() => (sweeping = undefined))
    await sweeping
  }
}

async function sweep(deps: RecoverDeps): Promise<void> {
  const { db, jobs, now } = deps
  // Usually there is nothing to do: that costs one read of two indexes and no lock.
  const look = async () => firstOrThrow(await db.read(() => findLeft({ now: now() })))
  let left = await look()
  if (left.due) await expireAll(deps)
  for (; left.lost; left = await look()) {
    const { owner, until } = jobs.lease()
    const limits = { lease_owner: owner, lease_until: until, now: now(), limit: SWEEP_MAX }
    for (const row of await db.write(() => takeOver(limits))) await adoptOrLog(deps, row)
  }
}

/** Takes one generation over. Logs a failure, so that the others continue; it is tried again when its lease expires. */
async function adoptOrLog(deps: RecoverDeps, row: GenerationTable): Promise<void> {
  try {
    if (deps.jobs.running(row.id) === undefined) await adopt(deps, row)
  } catch (error) {
    deps.log.warn('recover.failed', { generation: row.id, error })
  }
}

async function adopt(deps: RecoverDeps, row: GenerationTable): Promise<void> {
  const { db, jobs, providers, now, log, store } = deps
  const hold = firstOrThrow(await db.read(() => findHold({ id: row.id })))
  const provider = await providers.open(hold.provider as Provider['name'], hold.billing)
  log.info('generation.taken_over', {
    generation: row.id,
    provider: hold.provider,
    upstream: row.upstream_id,
  })
  // A job that was reported as failed is not charged later, even if part of it is done upstream.
  const resumableId = row.status === 'running' ? row.upstream_id : null
  if (provider?.durability === 'upstream' && resumableId !== null) {
    jobs.start(resumption(row, hold, resumableId, provider))
    return
  }
  // This process has no key for it but another may: do not give up while the provider keeps the result.
  if (provider === null && resumableId !== null && row.created_at + RETENTION_MS > now()) return
  const diedWithItsProcess = provider?.durability === 'process'
  const wasNeverSent = row.upstream_jobs === 0
  if (!diedWithItsProcess && !wasNeverSent && hold.expires_at >= now()) return
  // Remove the files only if the hold was released here: if another process captured it, they are its result.
  const state = diedWithItsProcess || wasNeverSent ? 'released' : 'expired'
  if (await giveUp(db, row, now(), state)) await discardAll(store, row.id)
}

/** Returns the job that continues under the provider's id. */
function resumption(
  row: GenerationTable,
  hold: HoldTable,
  upstreamId: string,
  provider: Extract<Provider, { durability: 'upstream' }>,
): Start {
  const stored = JSON.parse(row.request) as StoredRequest
  const { request, unitPrice, priceSource, saveAs = null } = stored
  const { operation, model, count } = request
  return {
    job: { id: row.id, accountId: row.account_id, unitPrice },
    files: {
      name: `${row.id}-${crypto().randomBytes(2).toString('hex')}`,
      saveAs,
      metadata: metadataOf({ id: row.id, request, provider: hold.provider }),
      isShown: false,
    },
    count,
    kind: kindOf({ ...hold, priceSource }),
    labels: workLabels({ ...hold, priceSource }),
    known: JSON.parse(row.remarks) as Partial<Remarks>,
    begunAt: row.created_at,
    work: (options) => provider.resume(upstreamId, { operation, model, count }, options),
    takenOver: { upstreamId, unsavedAt: row.unsaved_at },
  }
}

async function giveUp(
  db: Db,
  row: GenerationTable,
  at: number,
  state: Failure['state'],
): Promise<boolean> {
  const failure = row.error === null ? stopped() : readFailure(row.error)
  // An accepted job may have been done and billed. Without an upstream id nothing is known, so none is counted.
  const bill = { jobs: row.upstream_id === null ? 0 : (row.upstream_jobs ?? 0), cost: null }
  try {
    await db.apply(FAIL, { id: row.id, failure: withBill(failure, bill), at, state })
    return true
  } catch (cause) {
    if (cause instanceof HoldError) return false // another process ended it first
    throw cause
  }
}

function stopped(): AppError {
  return new AppError(
    'upstream_unavailable',
    'The process that made this stopped before it was done; nothing was charged.',
    { hint: 'Call the tool again.' },
  )
}
