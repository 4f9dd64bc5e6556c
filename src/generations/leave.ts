import { atMost } from '../at-most.ts'
import { execute, type Db } from '../db/db.ts'
import type { Log } from '../log.ts'
import type { Lease } from './begin.ts'

type Leaving = {
  jobs: readonly { resumable: Promise<void> }[]
  lease: () => Lease
  timeoutMs: number
}

/**
 * Leaves jobs to other processes, which take them over without waiting for the end of their leases. First waits, at
 * most `timeoutMs`, for work that another process could not continue. Never rejects.
 */
export async function leaveJobs(
  { db, log }: { db: Db; log: Log },
  { jobs, lease, timeoutMs }: Leaving,
): Promise<void> {
  if (jobs.length === 0) return
  await atMost(Promise.all(jobs.map(({ resumable }) => resumable)), timeoutMs)
  await db
    .write(function* leaveAll() {
      yield* giveUpLeases({ lease_owner: lease().owner })
    })
    .catch((error: unknown) => log.warn('generation.not_left', { error }))
}

const giveUpLeases = execute((db, p: { lease_owner: string }) =>
  db
    .updateTable('generation')
    .set({ lease_owner: '', lease_until: 0 })
    .where('finished_at', 'is', null)
    .where('lease_owner', '=', p.lease_owner),
)
