import type { Color } from '../core/color.ts'

const STEPS = 1024

/** A soft path through colours: OKLab triples at equal distances. */
export type Ramp = Float32Array<ArrayBuffer>

/** The ramp through `colors`, first to last, its corners rounded so that no stop shows as a line. */
export function createRamp(colors: readonly Color[], softness = 0.08): Ramp {
  let ramp = Float32Array.from({ length: STEPS * 3 }, (_, index) => {
    const at = (Math.floor(index / 3) / (STEPS - 1)) * (colors.length - 1)
    const from = colors[Math.floor(at)]
    const to = colors[Math.min(colors.length - 1, Math.floor(at) + 1)]
    if (from === undefined || to === undefined) return 0
    const channel = (['lightness', 'a', 'b'] as const)[index % 3] ?? 'b'
    return from[channel] + (to[channel] - from[channel]) * (at - Math.floor(at))
  })
  if (colors.length > 2) for (const _ of [1, 2]) ramp = smoothed(ramp, Math.round(STEPS * softness))
  return ramp
}

/** Writes the colour at `position` (clamped to 0..1) as a triple at `offset` of `out`. */
export function sampleRamp(ramp: Ramp, position: number, out: Float32Array, offset: number): void {
  const at = Math.min(1, Math.max(0, position)) * (STEPS - 1)
  const index = Math.min(STEPS - 2, Math.floor(at))
  const part = at - index
  for (let channel = 0; channel < 3; channel += 1) {
    const from = ramp[index * 3 + channel] ?? 0
    out[offset + channel] = from + ((ramp[index * 3 + 3 + channel] ?? 0) - from) * part
  }
}

/** A moving average that narrows towards both ends, which keep their colour. */
function smoothed(ramp: Ramp, reach: number): Ramp {
  const sums = new Float64Array(ramp.length + 3) // of all steps before this one
  for (let index = 0; index < ramp.length; index += 1)
    sums[index + 3] = (sums[index] ?? 0) + (ramp[index] ?? 0)
  return ramp.map((_, index) => {
    const step = Math.floor(index / 3)
    const near = Math.min(reach, step, STEPS - 1 - step)
    const sum = (sums[index + (near + 1) * 3] ?? 0) - (sums[index - near * 3] ?? 0)
    return sum / (near * 2 + 1)
  })
}
