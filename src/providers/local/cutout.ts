import { AppError } from '../../errors.ts'
import type { ProviderResult, RequestOf } from '../provider.ts'
import { distance, labOf, medianOf, type Lab } from './lab.ts'
import { softenEdges } from './cutout-edges.ts'
import type { Pace } from './pace.ts'
import { decode, encode, type Raster } from './raster.ts'

/** Lab distance within which a border pixel counts as backdrop. */
const BACKDROP_DISTANCE = 8
/** Share of the border that must be backdrop before a cut-out is tried. */
const PLAIN_SHARE = 0.9
/** Lab distances between which a flooded pixel goes from clear to solid. */
const CLEAR_DISTANCE = 6
const SOLID_DISTANCE = 18
/** Distances are stored in bytes, in steps of this fraction. */
const STEPS_PER_UNIT = 10

/**
 * Cuts the subject out of a plain backdrop, as PNG with transparency. An image that is transparent
 * already stays as it is. Throws `input_unreadable` where the backdrop is not plain, and `cancelled`.
 */
export async function removeBackground(
  { image }: RequestOf<'removeBackground'>,
  pace: Pace,
): Promise<ProviderResult> {
  const raster = await decode(image)
  await pace.report(0.3, 'Looking at the backdrop')
  const note = hasTransparency(raster)
    ? 'The image was transparent already; its transparency was kept as it is.'
    : await cutOut(raster, pace)
  await pace.report(0.8, 'Writing the cut-out')
  return { outputs: [{ bytes: await encode(raster, 'png') }], notes: [note] }
}

async function cutOut(raster: Raster, pace: Pace): Promise<string> {
  const border = borderColors(raster)
  const backdrop = medianOf(border)
  const plain = border.filter((color) => distance(color, backdrop) <= BACKDROP_DISTANCE).length
  const share = plain / border.length
  if (share < PLAIN_SHARE) throw notPlain(share)
  const distances = await distancesTo(raster, backdrop, pace)
  const flooded = await flood(raster, distances, pace)
  const cleared = clear(raster, distances, flooded)
  if (cleared > 0.995) throw nothingThere(cleared)
  await softenEdges(raster, { flooded, backdrop: borderRgb(raster) }, pace)
  return `Cut out of a plain backdrop (${percent(share)} of the border has one colour); ${percent(cleared)} of the picture became transparent.`
}

function hasTransparency({ pixels }: Raster): boolean {
  for (let index = 3; index < pixels.length; index += 4)
    if ((pixels[index] ?? 255) < 250) return true
  return false
}

function borderIndexes({ width, height }: Raster): number[] {
  const across = Array.from({ length: width }, (_, x) => [x, (height - 1) * width + x])
  const down = Array.from({ length: height }, (_, y) => [y * width, y * width + width - 1])
  return [...across, ...down].flat()
}

function borderColors(raster: Raster): Lab[] {
  return borderIndexes(raster).map((index) => labAt(raster, index))
}

/** The median of each channel on the border: what edges are cleaned of. */
function borderRgb(raster: Raster): [number, number, number] {
  const indexes = borderIndexes(raster)
  const middle = (channel: number) =>
    indexes
      .map((index) => raster.pixels[index * 4 + channel] ?? 0)
      .toSorted((one, other) => one - other)[indexes.length >> 1] ?? 0
  return [middle(0), middle(1), middle(2)]
}

function labAt({ pixels }: Raster, index: number): Lab {
  return labOf(pixels[index * 4] ?? 0, pixels[index * 4 + 1] ?? 0, pixels[index * 4 + 2] ?? 0)
}

async function distancesTo(raster: Raster, backdrop: Lab, pace: Pace): Promise<Uint8Array> {
  const { width, height } = raster
  const distances = new Uint8Array(width * height)
  for (let index = 0; index < distances.length; index += 1) {
    if (index % width === 0) await pace.breathe()
    distances[index] = Math.min(255, distance(labAt(raster, index), backdrop) * STEPS_PER_UNIT)
  }
  return distances
}

/** Marks (1) what can be reached from the border over pixels that resemble the backdrop. */
async function flood(raster: Raster, distances: Uint8Array, pace: Pace): Promise<Uint8Array> {
  const { width, height } = raster
  const flooded = new Uint8Array(width * height)
  const open: number[] = []
  const visit = (index: number) => {
    if (flooded[index] === 1 || (distances[index] ?? 255) >= SOLID_DISTANCE * STEPS_PER_UNIT) return
    flooded[index] = 1
    open.push(index)
  }
  for (const index of borderIndexes(raster)) visit(index)
  for (let visits = 1; ; visits += 1) {
    const index = open.pop()
    if (index === undefined) return flooded
    if (visits % 4096 === 0) await pace.breathe()
    const x = index % width
    if (x > 0) visit(index - 1)
    if (x < width - 1) visit(index + 1)
    if (index >= width) visit(index - width)
    if (index < width * (height - 1)) visit(index + width)
  }
}

/** Gives flooded pixels their transparency and returns the share that is clear. */
function clear({ pixels }: Raster, distances: Uint8Array, flooded: Uint8Array): number {
  let count = 0
  for (let index = 0; index < flooded.length; index += 1) {
    if (flooded[index] !== 1) continue
    const far = (distances[index] ?? 0) / STEPS_PER_UNIT
    const opacity = Math.max(0, (far - CLEAR_DISTANCE) / (SOLID_DISTANCE - CLEAR_DISTANCE))
    pixels[index * 4 + 3] = Math.round(255 * opacity)
    if (opacity === 0) count += 1
  }
  return count / flooded.length
}

function notPlain(share: number): AppError {
  return new AppError(
    'input_unreadable',
    `The backdrop is not plain: ${percent(share)} of the border has one colour, and ${percent(PLAIN_SHARE)} is needed here.`,
    {
      hint: 'Send a picture before a plain backdrop, or use a background model in live mode.',
    },
  )
}

function nothingThere(cleared: number): AppError {
  return new AppError(
    'input_unreadable',
    `No subject stands out: ${percent(cleared)} of the picture has the colour of its border.`,
    { hint: 'Send a picture whose subject differs from its backdrop.' },
  )
}

function percent(share: number): string {
  return `${Math.floor(share * 1000) / 10} %`
}
