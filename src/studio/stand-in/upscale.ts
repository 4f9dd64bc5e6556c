import type { Report, Result } from '../core/result.ts'
import { decode, encode } from '../core/raster.ts'
import { enlarged, scaleThatFits, type UpscaleRequest } from '../upscale/upscale.ts'
import { markMissing } from './mark-missing.ts'

/** Stands in for a model that enlarges: as far as this machine goes. Throws `input_unreadable`. */
export async function standInForUpscale(
  { image, scale }: UpscaleRequest,
  report: Report,
): Promise<Result> {
  const source = await decode(image)
  const fitting = scaleThatFits(source, scale)
  const { raster, note } = await enlarged(source, fitting, report)
  const wish = `${scale} times: ${fitting} is the most that fits here`
  const marked = await markMissing(raster, fitting < scale ? [{ short: wish, long: wish }] : [])
  return {
    files: [await encode(marked.raster, 'png')],
    notes: [note, ...marked.notes],
    notHonoured: marked.notHonoured,
  }
}
