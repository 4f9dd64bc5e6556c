import { setTimeout as sleep } from 'node:timers/promises'
import type { Db } from '../db/db.ts'
import type { RunOptions } from '../providers/provider.ts'
import { admitLater } from './admission.ts'
import { admissionOf, type Beginning } from './begin.ts'
import { callCancelled } from './refuse.ts'
import { tooManyOpenJobs } from './unpaid-refusals.ts'

/** Waits between polls, in milliseconds: short at first, as most jobs take seconds. */
const FIRST_WAIT_MS = 100
const LONGEST_WAIT_MS = 2_000
/** Longest wait of a generation to be sent, in milliseconds. */
const MAX_WAIT_MS = 10 * 60_000

/**
 * Waits until a generation may be sent to the image service. Throws `cancelled`, and `rate_limited` if too many jobs
 * ended unpaid meanwhile, or if no open job ends in time.
 */
export async function untilAdmitted(
  { db, now }: { db: Db; now: () => number },
  beginning: Pick<Beginning, 'order' | 'allowance'>,
  { signal, onProgress }: Pick<RunOptions, 'signal' | 'onProgress'>,
): Promise<void> {
  const admission = admissionOf(beginning)
  if (admission === null) return
  const giveUpAt = performance.now() + MAX_WAIT_MS
  for (let waitMs = FIRST_WAIT_MS; ; waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS)) {
    onProgress({ fraction: 0, message: 'Waiting for earlier jobs of this account' })
    await sleep(waitMs * (0.5 + Math.random()), undefined, { signal }).catch(() => {})
    if (signal.aborted) throw callCancelled()
    if (await db.write(() => admitLater(admission, now()))) return
    if (performance.now() > giveUpAt) throw tooManyOpenJobs(admission.limit)
  }
}
