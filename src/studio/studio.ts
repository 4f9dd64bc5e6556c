import type { JobOptions, Result } from './core/result.ts'
import { createCrew } from './pool/crew.ts'
import { createTurns } from './pool/turns.ts'
import type { Job } from './pool/work.ts'

export { DRAFT_SIDES } from './core/limits.ts'
export type { Job } from './pool/work.ts'

/** Makes and changes pictures on this machine, without a model that paints and without a network. */
export type Studio = {
  /** Refuses what can be refused without a look at a pixel. Throws `invalid_input`. */
  check(job: Job): Promise<void>
  /** Does a job when those before it have ended. Throws `AppError`. */
  run(job: Job, options: JobOptions): Promise<Result>
}

/** A studio with a thread of its own, which does one job at a time. */
export function createStudio(): Studio {
  const inTurn = createTurns()
  const crew = createCrew()
  return { check, run: (job, options) => inTurn(options.signal, () => crew.work(job, options)) }
}

async function check(job: Job): Promise<void> {
  if (job.kind === 'edit' && !job.isStandIn) await (await import('./edit/edit.ts')).readEdit(job)
  if (job.kind === 'upscale' && !job.isStandIn)
    (await import('./upscale/upscale.ts')).assertFits(job)
}
