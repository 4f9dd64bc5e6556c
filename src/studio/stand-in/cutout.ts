import { removeBackground, type CutoutRequest } from '../cutout/cutout.ts'
import { saliencyMap } from '../cutout/saliency.ts'
import { applyMatte } from '../cutout/matte.ts'
import type { Report, Result } from '../core/result.ts'
import { markMissing } from './mark-missing.ts'

/** Stands in for a model that cuts out: in doubt it guesses, and says so. Throws `input_unreadable`. */
export function standInForCutout(request: CutoutRequest, report: Report): Promise<Result> {
  return removeBackground(request, report, async (raster, { refusal, subject }) => {
    report(0.6, 'Guessing at the subject')
    await applyMatte(raster, await saliencyMap(raster, subject))
    const short = 'a sure cut-out (this one is a guess)'
    return markMissing(raster, [{ short, long: `${short}: ${refusal.message.replace(/\.$/, '')}` }])
  })
}
