import { crc32, deflateSync } from 'node:zlib'

export type ColorType = 0 | 2 | 3 | 4 | 6
export type Filter = 0 | 1 | 2 | 3 | 4

/** A PNG to be written, as its specification has it. */
export type PngSpec = {
  width: number
  height: number
  colorType: ColorType
  depth: 1 | 2 | 4 | 8 | 16
  interlaced?: boolean
  /** How a row is filtered. */
  filterOf?: (row: number) => Filter
  /** Most bytes of pixels in one chunk. */
  idatBytes?: number
  level?: number
  /** Further chunks: after the header (before a palette), before the pixels, and after them. */
  early?: Buffer[]
  middle?: Buffer[]
  late?: Buffer[]
  /** How solid a pixel is by its samples, 0 to 255, where a tRNS chunk says so. */
  alphaOf?: (samples: readonly number[]) => number
}

export type Png = {
  bytes: Buffer
  /** What a decoder has to make of it: RGBA of 8 bits, row by row. */
  rgba: Buffer
}

const CHANNELS: Record<ColorType, number> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 }

export const SIGNATURE = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1')

/** One chunk with its length and checksum. */
export function chunk(type: string, content: Buffer | string = ''): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), Buffer.from(content)])
  const frame = Buffer.alloc(body.length + 8)
  frame.writeUInt32BE(body.length - 4)
  body.copy(frame, 4)
  frame.writeUInt32BE(crc32(body), body.length + 4)
  return frame
}

/** Writes a PNG of a pattern that has another colour in nearly every pixel, and says what it looks like. */
export function writePng(spec: PngSpec): Png {
  const { width, height, colorType, depth, interlaced = false } = spec
  const header = Buffer.from([0, 0, 0, 0, 0, 0, 0, 0, depth, colorType, 0, 0, interlaced ? 1 : 0])
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  const palette = colorType === 3 ? [chunk('PLTE', paletteOf(depth))] : []
  const packed = deflateSync(Buffer.concat(passesOf(spec).map((pass) => rowsOf(spec, pass))), {
    level: spec.level ?? 6,
  })
  return {
    bytes: Buffer.concat([
      SIGNATURE,
      chunk('IHDR', header),
      ...(spec.early ?? []),
      ...palette,
      ...(spec.middle ?? []),
      ...pieces(packed, spec.idatBytes).map((piece) => chunk('IDAT', piece)),
      ...(spec.late ?? []),
      chunk('IEND'),
    ]),
    rgba: looksOf(spec),
  }
}

function pieces(bytes: Buffer, size = bytes.length): Buffer[] {
  const count = Math.ceil(bytes.length / size)
  return Array.from({ length: count }, (_, at) => bytes.subarray(at * size, (at + 1) * size))
}

/** The number of one channel of a pixel, of as many bits as the file has. */
function sampleAt({ depth }: PngSpec, x: number, y: number, channel: number): number {
  const mixed = Math.imul(x * 7 + y * 13 + channel * 31 + 5, 0x9e3779b1) >>> 8
  return mixed % 2 ** depth
}

/** Colours of a palette: all different. */
function paletteOf(depth: number): Buffer {
  const colors = Array.from({ length: 2 ** Math.min(8, depth) }, (_, at) => [
    (at * 53) % 256,
    (at * 101 + 17) % 256,
    255 - at,
  ])
  return Buffer.from(colors.flat())
}

type Pass = { x: number; y: number; dx: number; dy: number }

/** The seven passes of Adam7, or the one of a plain file, without those that hold no pixel. */
function passesOf({ width, height, interlaced = false }: PngSpec): Pass[] {
  const rows = interlaced
    ? ['0 0 8 8', '4 0 8 8', '0 4 4 8', '2 0 4 4', '0 2 2 4', '1 0 2 2', '0 1 1 2']
    : ['0 0 1 1']
  return rows
    .map((row) => row.split(' ').map(Number))
    .map(([x = 0, y = 0, dx = 1, dy = 1]) => ({ x, y, dx, dy }))
    .filter(({ x, y }) => x < width && y < height)
}

function rowsOf(spec: PngSpec, { x: left, y: top, dx, dy }: Pass): Buffer {
  const { width, height, colorType, depth, filterOf = () => 0 } = spec
  const columns = Math.ceil((width - left) / dx)
  const channels = CHANNELS[colorType]
  const bytesPerPixel = Math.max(1, (channels * depth) / 8)
  let above: Buffer = Buffer.alloc(Math.ceil((columns * channels * depth) / 8))
  const rows: Buffer[] = []
  for (let y = top; y < height; y += dy) {
    const samples = Array.from({ length: columns * channels }, (_, at) =>
      sampleAt(spec, left + Math.floor(at / channels) * dx, y, at % channels),
    )
    const row = packed(samples, depth)
    const filter = filterOf(rows.length)
    rows.push(Buffer.concat([Buffer.from([filter]), filtered(row, above, filter, bytesPerPixel)]))
    above = row
  }
  return Buffer.concat(rows)
}

function packed(samples: readonly number[], depth: number): Buffer {
  const row = Buffer.alloc(Math.ceil((samples.length * depth) / 8))
  for (const [at, sample] of samples.entries()) {
    if (depth === 16) row.writeUInt16BE(sample, at * 2)
    else {
      const bit = at * depth
      row[bit >> 3] = (row[bit >> 3] ?? 0) | (sample << (8 - depth - (bit % 8)))
    }
  }
  return row
}

function filtered(row: Buffer, above: Buffer, filter: Filter, step: number): Buffer {
  return Buffer.from(
    row.map((value, at) => {
      const [left, up, corner] = [row[at - step] ?? 0, above[at] ?? 0, above[at - step] ?? 0]
      const guess = [0, left, up, (left + up) >> 1, paeth(left, up, corner)][filter] ?? 0
      return (value - guess) & 0xff
    }),
  )
}

function paeth(left: number, up: number, corner: number): number {
  const [a, b, c] = [left, up, corner].map((value) => Math.abs(left + up - corner - value))
  if (a === undefined || b === undefined || c === undefined) return 0
  if (a <= b && a <= c) return left
  return b <= c ? up : corner
}

function looksOf(spec: PngSpec): Buffer {
  const { width, height, colorType, depth, alphaOf = () => 255 } = spec
  const palette = paletteOf(depth)
  const pixels = Array.from({ length: width * height }, (_, place) => {
    const samples = Array.from({ length: CHANNELS[colorType] }, (_, channel) =>
      sampleAt(spec, place % width, Math.floor(place / width), channel),
    )
    const [first = 0] = samples
    const solid = alphaOf(samples)
    if (colorType === 3) return [...palette.subarray(first * 3, first * 3 + 3), solid]
    const [a = 0, b = solid, c = 0, d = solid] = samples.map((sample) =>
      depth === 16 ? sample >> 8 : Math.round((sample * 255) / (2 ** depth - 1)),
    )
    return colorType === 2 || colorType === 6 ? [a, b, c, d] : [a, a, a, b]
  })
  return Buffer.from(pixels.flat())
}
