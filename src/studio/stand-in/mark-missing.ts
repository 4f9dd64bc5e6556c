import type { Raster } from '../core/raster.ts'
import type { Result } from '../core/result.ts'
import { addLabel } from './label.ts'

/** Something that was asked of a model and not done: as a label says it, and as a list does, with the reason. */
export type Missing = { short: string; long: string }

/** Most of them that a list names. */
const LISTED_MAX = 12

/** A picture that says what is missing in it, and what its result says of that. */
export type Marked = { raster: Raster } & Required<Pick<Result, 'notes' | 'notHonoured'>>

/** Marks a picture as a stand-in: in the picture, in a note and in the list. Nothing missing marks nothing. */
export async function markMissing(raster: Raster, missing: readonly Missing[]): Promise<Marked> {
  if (missing.length === 0) return { raster, notes: [], notHonoured: [] }
  const marked = await addLabel(raster, `not done: ${missing.map(({ short }) => short).join('; ')}`)
  const more = missing.length - LISTED_MAX
  const notHonoured = [
    ...missing.slice(0, LISTED_MAX).map(({ long }) => long),
    ...(more > 0 ? [`${more} more`] : []),
  ]
  const where = marked === raster ? 'which the picture is too small to say' : 'as its label says'
  const note = `A stand-in: not done, ${where}: ${notHonoured.join('; ')}. Live mode would ask the model.`
  return { raster: marked, notes: [note], notHonoured }
}
