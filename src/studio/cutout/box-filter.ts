type Window = { width: number; height: number; reach: number }

/** A box filter: returns the mean of the square within `reach` pixels of each pixel; squares end at the edges. */
export function boxFilter(values: Float32Array, { width, height, reach }: Window): Float32Array {
  const across = new Float32Array(values.length)
  for (let y = 0; y < height; y += 1)
    slide(values, across, { start: y * width, step: 1, count: width, reach })
  const result = new Float32Array(values.length)
  for (let x = 0; x < width; x += 1)
    slide(across, result, { start: x, step: width, count: height, reach })
  return result
}

type Line = { start: number; step: number; count: number; reach: number }

/** Running means along one line. */
function slide(from: Float32Array, to: Float32Array, { start, step, count, reach }: Line): void {
  let sum = 0
  for (let at = 0; at < Math.min(reach, count); at += 1) sum += from[start + at * step] ?? 0
  for (let at = 0; at < count; at += 1) {
    if (at + reach < count) sum += from[start + (at + reach) * step] ?? 0
    if (at - reach - 1 >= 0) sum -= from[start + (at - reach - 1) * step] ?? 0
    const size = Math.min(count - 1, at + reach) - Math.max(0, at - reach) + 1
    to[start + at * step] = sum / size
  }
}
