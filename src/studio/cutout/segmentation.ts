import { fromRaster, type Raster } from '../core/raster.ts'
import { loadPersonNetwork, NETWORK_SIDE, type PersonNetwork } from './network.ts'

/** How surely each of 256 x 256 pixels is subject, and what follows for the whole picture. */
export type Subject = {
  /** 0 to 1, row by row, over the whole picture. */
  confidence: Float32Array
  /** Share of the picture that is more likely subject than not. */
  share: number
  /** Pixels the network wavers on, for each that it is sure of. */
  doubt: number
}

let loading: Promise<PersonNetwork> | undefined

/** Asks the network where the subject is. It learnt people; an answer with much doubt is no answer. */
export async function segmentSubject(raster: Raster): Promise<Subject> {
  loading ??= loadPersonNetwork()
  const network = await loading
  const { data } = await (
    await fromRaster(raster)
  )
    .removeAlpha()
    .resize(NETWORK_SIDE, NETWORK_SIDE, { fit: 'fill' })
    .raw()
    .toBuffer({ resolveWithObject: true })
  const confidence = network(Float32Array.from(data, (value) => value / 255))
  const likely = confidence.filter((value) => value > 0.5).length
  const wavering = confidence.filter((value) => value > 0.15 && value < 0.85).length
  return { confidence, share: likely / confidence.length, doubt: wavering / Math.max(1, likely) }
}
