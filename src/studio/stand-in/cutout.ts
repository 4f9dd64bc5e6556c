import { removeBackground, type CutoutRequest, type InDoubt } from '../cutout/cutout.ts'
import { likelySubject } from '../cutout/likely.ts'
import { cutAlong } from '../cutout/matte.ts'
import type { Pace } from '../core/pace.ts'
import type { Result } from '../core/result.ts'
import { markMissing } from './missing.ts'

/** Stands in for a model that cuts out: in doubt it guesses, and says so. Throws `input_unreadable` and `cancelled`. */
export function standInForCutout(request: CutoutRequest, pace: Pace): Promise<Result> {
  return removeBackground(request, pace, guess)
}

const guess: InDoubt = async (raster, { refusal, subject }, pace) => {
  await pace.report(0.6, 'Guessing at the subject')
  await cutAlong(raster, await likelySubject(raster, subject), pace)
  const short = 'a sure cut-out (this one is a guess)'
  return markMissing(raster, [{ short, long: `${short}: ${refusal.message.replace(/\.$/, '')}` }])
}
