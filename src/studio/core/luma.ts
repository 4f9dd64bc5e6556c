/**
 * Luma: the shares of red, green and blue (as they are stored, gamma-encoded) in the brightness of a pixel.
 * Rec. ITU-R BT.709-6, item 3.2; sRGB has the same primaries.
 */
export const LUMA = [0.2126, 0.7152, 0.0722] as const

/** The luma of the pixel whose red stands at `at`, 0 to 255. */
export function lumaAt(pixels: Uint8Array, at: number): number {
  return (
    LUMA[0] * (pixels[at] ?? 0) + LUMA[1] * (pixels[at + 1] ?? 0) + LUMA[2] * (pixels[at + 2] ?? 0)
  )
}
