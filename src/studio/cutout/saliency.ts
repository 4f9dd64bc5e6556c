import { fromRaster, type Raster } from '../core/raster.ts'
import { boxFilter } from './box-filter.ts'
import { SUBJECT_SHARE } from './cutout.ts'
import { distance, labOf, type Lab } from './lab.ts'
import { NETWORK_SIDE } from './network.ts'
import type { Subject } from './segmentation.ts'

/**
 * How surely each of the network's pixels is subject, 0 to 1: what the network took for one, doubtful as it
 * may be, and what has none of the colours along the border; where that is hardly anything, the middle.
 */
export async function saliencyMap(raster: Raster, subject: Subject | null): Promise<Float32Array> {
  const seen = subject !== null && subject.share >= SUBJECT_SHARE ? subject.confidence : null
  const unlike = await contrastWithBorder(raster)
  const likely = unlike.map((value, at) => Math.max(value, seen?.[at] ?? 0))
  const share = likely.filter((value) => value > 0.5).length / likely.length
  return share >= SUBJECT_SHARE ? likely : MIDDLE
}

/** Half axes of the fallback ellipse in the middle, as shares of the sides. */
const OVAL = 0.4

const MIDDLE = Float32Array.from({ length: NETWORK_SIDE ** 2 }, (_, at) => {
  const x = ((at % NETWORK_SIDE) + 0.5) / NETWORK_SIDE - 0.5
  const y = (Math.floor(at / NETWORK_SIDE) + 0.5) / NETWORK_SIDE - 0.5
  return Math.hypot(x, y) < OVAL ? 1 : 0
})

/** Depth of the border, in pixels of the network. */
const BORDER = 6
/** A colour counts as one of the border's where this share of it has it. */
const BORDER_SHARE = 0.01
/** Side of a cell of Lab colours that are counted as one. */
const COLOR_STEP = 12
/** Lab distances from the border's colours between which a pixel goes from backdrop to subject. */
const LIKE = 7
const UNLIKE = 19

async function contrastWithBorder(raster: Raster): Promise<Float32Array> {
  const side = NETWORK_SIDE
  const data = await (
    await fromRaster(raster)
  )
    .removeAlpha()
    .resize(side, side, { fit: 'fill' })
    .raw()
    .toBuffer()
  const labs = Array.from({ length: side * side }, (_, at) =>
    labOf(data[at * 3] ?? 0, data[at * 3 + 1] ?? 0, data[at * 3 + 2] ?? 0),
  )
  const colors = commonColors(labs.filter((_, at) => isBorder(at)))
  const unlike = Float32Array.from(labs, (lab) => {
    const nearest = Math.min(...colors.map((color) => distance(color, lab)))
    return Math.min(1, Math.max(0, (nearest - LIKE) / (UNLIKE - LIKE)))
  })
  return boxFilter(unlike, { width: side, height: side, reach: 2 })
}

function isBorder(at: number): boolean {
  const [x, y] = [at % NETWORK_SIDE, Math.floor(at / NETWORK_SIDE)]
  return Math.min(x, y, NETWORK_SIDE - 1 - x, NETWORK_SIDE - 1 - y) < BORDER
}

/** The means of those groups of like colours that are common. */
function commonColors(labs: readonly Lab[]): Lab[] {
  const groups = Map.groupBy(labs, ({ lightness, a, b }) =>
    [lightness, a, b].map((value) => Math.round(value / COLOR_STEP)).join(),
  )
  const common = [...groups.values()].filter(({ length }) => length > labs.length * BORDER_SHARE)
  return common.map((group) => {
    const mean = (read: (lab: Lab) => number) =>
      group.reduce((sum, lab) => sum + read(lab), 0) / group.length
    return {
      lightness: mean((lab) => lab.lightness),
      a: mean((lab) => lab.a),
      b: mean((lab) => lab.b),
    }
  })
}
