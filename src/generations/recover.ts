import { crypto } from '../crypto.ts'
import { firstOrThrow, type Db } from '../db/db.ts'
import { AppError } from '../errors.ts'
import { HoldError } from '../ledger/post.ts'
import type { HoldTable } from '../db/schema/ledger.ts'
import { findHold } from '../ledger/queries/hold.ts'
import type { Log } from '../log.ts'
import { kindOf } from '../pricing/kind.ts'
import { withBill, type Provider } from '../providers/provider.ts'
import { FAIL } from './commands.ts'
import { KEPT_MS } from './deliver.ts'
import type { Failure } from './finish.ts'
import { readFailure, type Remarks, type StoredRequest } from './generation.ts'
import type { Start } from './hand.ts'
import type { Jobs } from './jobs.ts'
import { discardAll, metadataOf } from './outputs.ts'
import type { Providers } from './deps.ts'
import { findLost, takeOver } from './queries.ts'
import type { GenerationTable } from '../db/schema/generations.ts'

/** Most lost generations one sweep takes over. */
const SWEEP_MAX = 16

export type Recover = () => Promise<void>
type RecoverDeps = {
  db: Db
  jobs: Jobs
  providers: Providers
  now: () => number
  log: Log
  outputDir: string
}

/**
 * Finishes or releases generations whose process has died, wherever they began: a job with an upstream
 * id is resumed, one that died with its process is released, one whose submit may have arrived keeps its
 * hold until that expires. Callers share a sweep that is under way. Never rejects.
 */
export function createRecover(deps: RecoverDeps): Recover {
  let sweeping: Promise<void> | undefined
  return () => {
    sweeping ??= sweep(deps).finally(() => (sweeping = undefined))
    return sweeping
  }
}

async function sweep(deps: RecoverDeps): Promise<void> {
  const { db, jobs, now, log } = deps
  try {
    // Almost always there is nothing to do: that costs one look at an index and no lock.
    while ((await db.read(() => findLost({ now: now() }))).length > 0) {
      const { owner, until } = jobs.lease()
      const limits = { lease_owner: owner, lease_until: until, now: now(), limit: SWEEP_MAX }
      for (const row of await db.write(() => takeOver(limits))) await adoptOrLog(deps, row)
    }
  } catch (error) {
    log.warn('recover.failed', { error })
  }
}

/** One that cannot be taken over must not stop the others; its lease runs out and it is tried again. */
async function adoptOrLog(deps: RecoverDeps, row: GenerationTable): Promise<void> {
  try {
    if (deps.jobs.running(row.id) === undefined) await adopt(deps, row)
  } catch (error) {
    deps.log.warn('recover.failed', { generation: row.id, error })
  }
}

async function adopt(deps: RecoverDeps, row: GenerationTable): Promise<void> {
  const { db, jobs, providers, now, log, outputDir } = deps
  const hold = firstOrThrow(await db.read(() => findHold({ id: row.id })))
  const provider = await providers.open(hold.provider as Provider['name'], hold.billing)
  log.info('generation.taken_over', {
    generation: row.id,
    provider: hold.provider,
    upstream: row.upstream_id,
  })
  // What was already told as failed is not charged later, even where part of it is done upstream.
  const keptAs = row.error === null ? row.upstream_id : null
  if (provider?.durability === 'upstream' && keptAs !== null) {
    jobs.start(resumption(row, hold, keptAs, provider))
    return
  }
  // Where this process has no key for it, another may: what the provider keeps is not given up.
  if (provider === null && keptAs !== null && row.created_at + KEPT_MS > now()) return
  const diedWithItsProcess = provider?.durability === 'process'
  const wasNeverSent = row.upstream_jobs === 0
  if (!diedWithItsProcess && !wasNeverSent && hold.expires_at >= now()) return
  // Files go with a hold that was released: where it was captured by another process, they are a result.
  const state = diedWithItsProcess || wasNeverSent ? 'released' : 'expired'
  if (await giveUp(db, row, now(), state)) await discardAll(outputDir, row.id)
}

/** A job that goes on here under the provider's id for it. */
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
    },
    count,
    kind: kindOf({ ...hold, priceSource }),
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
  // What was accepted may have been done and billed; of what may not even have arrived nothing is known.
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
