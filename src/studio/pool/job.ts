import { AppError } from '../../errors.ts'
import type { Report, Result } from '../core/result.ts'
import type { CutoutRequest } from '../cutout/cutout.ts'
import type { DraftRequest } from '../draft/drafts.ts'
import type { EditRequest } from '../edit/edit.ts'
import type { SampleRequest } from '../samples/samples.ts'
import type { UpscaleRequest } from '../upscale/upscale.ts'

/**
 * What the studio can be asked to do. A stand-in does what it can of an edit, a cut-out or an enlargement
 * and marks what is missing, where the work itself would be refused.
 */
export type Job =
  | ({ kind: 'draft' } & DraftRequest)
  | ({ kind: 'edit'; isStandIn: boolean } & EditRequest)
  | ({ kind: 'cutout'; isStandIn: boolean } & CutoutRequest)
  | ({ kind: 'upscale'; isStandIn: boolean } & UpscaleRequest)
  | ({ kind: 'sample' } & SampleRequest)

/** Does one job on the thread it is called on. Throws `AppError` and nothing else. */
export async function runJob(job: Job, report: Report): Promise<Result> {
  report(0, 'Working on this machine')
  try {
    const result = await dispatch(job, report)
    report(1, 'Done')
    return result
  } catch (cause) {
    throw cause instanceof AppError ? cause : failed(cause)
  }
}

/** The failure of a job that is no fault of its caller; `cause` is only logged. */
export function failed(cause: unknown): AppError {
  return new AppError('internal', 'The work on this machine failed.', {
    hint: 'Try a smaller size or another image.',
    cause,
  })
}

/** Loads each kind of work when it is first asked for. */
async function dispatch(job: Job, report: Report): Promise<Result> {
  switch (job.kind) {
    case 'draft':
      return (await import('../draft/drafts.ts')).drawDrafts(job, report)
    case 'edit':
      return job.isStandIn
        ? (await import('../stand-in/edit.ts')).standInForEdit(job, report)
        : (await import('../edit/edit.ts')).editImage(job, report)
    case 'cutout':
      return job.isStandIn
        ? (await import('../stand-in/cutout.ts')).standInForCutout(job, report)
        : (await import('../cutout/cutout.ts')).removeBackground(job, report)
    case 'upscale':
      return job.isStandIn
        ? (await import('../stand-in/upscale.ts')).standInForUpscale(job, report)
        : (await import('../upscale/upscale.ts')).upscale(job, report)
    case 'sample':
      return (await import('../samples/samples.ts')).makeSamples(job, report)
  }
}
