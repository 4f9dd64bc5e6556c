type Picture = { pixels: Uint8Array; width: number; height: number }

/** An RGB picture twice as large by bicubic interpolation with pixels centred: sharp's enlarging lies half a pixel off. */
export function bicubicDouble({ pixels, width, height }: Picture): Uint8Array {
  const result = new Uint8Array(width * height * 12)
  const inside = (at: number, end: number) => Math.min(end - 1, Math.max(0, at))
  for (let y = 0; y < height * 2; y += 1) {
    for (let x = 0; x < width * 2; x += 1) {
      const [left, top] = [(x + 0.5) / 2 - 0.5, (y + 0.5) / 2 - 0.5]
      const [column, row] = [Math.floor(left), Math.floor(top)]
      for (let channel = 0; channel < 3; channel += 1) {
        let sum = 0
        for (let down = -1; down < 3; down += 1)
          for (let right = -1; right < 3; right += 1) {
            const at = inside(row + down, height) * width + inside(column + right, width)
            const weight = kernel(left - column - right) * kernel(top - row - down)
            sum += weight * (pixels[at * 3 + channel] ?? 0)
          }
        result[(y * width * 2 + x) * 3 + channel] = Math.min(255, Math.max(0, Math.round(sum)))
      }
    }
  }
  return result
}

/** Catmull and Rom's. */
function kernel(value: number): number {
  const far = Math.abs(value)
  if (far < 1) return 1.5 * far ** 3 - 2.5 * far ** 2 + 1
  return far < 2 ? -0.5 * far ** 3 + 2.5 * far ** 2 - 4 * far + 2 : 0
}
