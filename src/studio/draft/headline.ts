import { drawText } from '../core/draw-text.ts'
import type { Raster } from '../core/raster.ts'

/** Sets the quoted texts of a prompt: the first large, a second small below it; `isLow` leaves the middle free. */
export async function writeHeadline(
  raster: Raster,
  [first = '', second]: readonly string[],
  isLow: boolean,
): Promise<Raster> {
  const alone = second === undefined
  const top = isLow ? 0.68 : alone ? 0.3 : 0.26
  const height = isLow ? (alone ? 0.22 : 0.16) : alone ? 0.4 : 0.34
  const large = { left: 0.09, top, width: 0.82, height }
  const result = await drawText(raster, { text: first, weight: 'bold', box: large })
  if (alone) return result
  const below = {
    left: 0.18,
    top: top + height + (isLow ? 0.02 : 0.05),
    width: 0.64,
    height: isLow ? 0.07 : 0.09,
  }
  return drawText(result, { text: second, weight: 'regular', box: below })
}
