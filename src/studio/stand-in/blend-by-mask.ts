import { fromRaster, type Raster } from '../core/raster.ts'

/** Blends two pictures of one size: returns `after` where the mask is white and `before` where it is black or clear. */
export async function blendByMask(before: Raster, after: Raster, mask: Raster): Promise<Raster> {
  const { width, height } = after
  const shares = await (
    await fromRaster(mask)
  )
    .resize(width, height, { fit: 'fill' })
    .flatten({ background: '#000000' })
    .toColourspace('b-w')
    .raw()
    .toBuffer()
  const pixels = new Uint8Array(after.pixels.length)
  for (let at = 0; at < pixels.length; at += 1) {
    const share = (shares[at >> 2] ?? 0) / 255
    const kept = before.pixels[at] ?? 0
    pixels[at] = Math.round(kept + ((after.pixels[at] ?? 0) - kept) * share)
  }
  return { ...after, pixels }
}
