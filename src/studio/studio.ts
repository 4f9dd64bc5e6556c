import type { Job } from './pool/job.ts'
import { createWorkerPool, type RunJob } from './pool/worker-pool.ts'

export { DRAFT_SIDES } from './core/limits.ts'
export type { Job } from './pool/job.ts'

/** Makes and changes pictures on this machine, without a model that paints and without a network. */
export type Studio = {
  /** Refuses what can be refused without a look at a pixel. Throws `invalid_input`. */
  check(job: Job): Promise<void>
  run: RunJob
}

/** A studio with a thread of its own, which does one job at a time. */
export function createStudio(): Studio {
  return { check, run: createWorkerPool() }
}

async function check(job: Job): Promise<void> {
  if (job.kind === 'edit' && !job.isStandIn) await (await import('./edit/edit.ts')).readEdit(job)
  if (job.kind === 'upscale' && !job.isStandIn)
    (await import('./upscale/upscale.ts')).assertFits(job)
}
