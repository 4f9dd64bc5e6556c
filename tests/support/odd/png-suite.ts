import { deflateSync } from 'node:zlib'
import { MARK } from './marks.ts'
import { chunk, SIGNATURE, writePng, type ColorType, type Filter, type PngSpec } from './png.ts'

/** A PNG of the kinds that PngSuite collects, made here, and what has to come of it. */
export type SuiteFile = {
  name: string
  bytes: Buffer
  /** RGBA of 8 bits that it shows; null for one that has to be refused. */
  rgba: Buffer | null
  /** Whether it leaves this machine as the very bytes that it is. */
  isClean: boolean
}

const DEPTHS: [ColorType, PngSpec['depth'][]][] = [
  [0, [1, 2, 4, 8, 16]],
  [2, [8, 16]],
  [3, [1, 2, 4, 8]],
  [4, [8, 16]],
  [6, [8, 16]],
]

const PLAIN: PngSpec = { width: 32, height: 32, colorType: 2, depth: 8 }
const LAST_ROW = 31

function good(name: string, spec: Partial<PngSpec>, isClean = true): SuiteFile {
  return { name, ...writePng({ ...PLAIN, ...spec }), isClean }
}

function bad(name: string, bytes: Buffer): SuiteFile {
  return { name, bytes, rgba: null, isClean: false }
}

/** Every colour type in every depth, plain and interlaced. */
const basic = DEPTHS.flatMap(([colorType, depths]) =>
  depths.flatMap((depth) =>
    [false, true].map((interlaced) =>
      good(`colour type ${colorType}, ${depth} bits${interlaced ? ', interlaced' : ''}`, {
        colorType,
        depth,
        interlaced,
      }),
    ),
  ),
)

const sizes = [1, 2, 3, 4, 5, 6, 7, 8, 9, 33, 39].flatMap((side) =>
  [false, true].map((interlaced) =>
    good(`${side} x ${side}${interlaced ? ', interlaced' : ''}`, {
      width: side,
      height: side,
      colorType: 3,
      depth: 2,
      interlaced,
    }),
  ),
)

const filters = [
  ...([0, 1, 2, 3, 4] as const).map((filter) =>
    good(`filter ${filter}`, { filterOf: () => filter }),
  ),
  good('all filters', { colorType: 6, filterOf: (row) => (row % 5) as Filter }),
]

/** A colour that stands for nothing, and palettes that say of each colour how solid it is. */
const transparent = [
  good('a clear grey', {
    colorType: 0,
    depth: 4,
    middle: [chunk('tRNS', Buffer.from([0, 6]))],
    alphaOf: ([grey]) => (grey === 6 ? 0 : 255),
  }),
  good('a clear grey of 16 bits', {
    colorType: 0,
    depth: 16,
    middle: [chunk('tRNS', Buffer.from([0, 6]))],
    alphaOf: ([grey]) => (grey === 6 ? 0 : 255),
  }),
  good('a clear colour', {
    middle: [chunk('tRNS', Buffer.from([0, 9, 0, 9, 0, 9]))],
    alphaOf: (samples) => (samples.every((sample) => sample === 9) ? 0 : 255),
  }),
  good('a palette with transparency', {
    colorType: 3,
    depth: 2,
    middle: [chunk('tRNS', Buffer.from([0, 85, 170]))],
    alphaOf: ([index = 0]) => Math.min(255, index * 85),
  }),
]

const words = Buffer.from(`Comment\0${MARK}`)

/** Chunks beside the pixels: those that say how they look stay, what else is told goes. */
const ancillary = [
  good('gamma', { early: [chunk('gAMA', number32(45_455))] }),
  good('chromaticities', {
    early: [
      chunk(
        'cHRM',
        Buffer.concat(
          [31_270, 32_900, 64_000, 33_000, 30_000, 60_000, 15_000, 6_000].map(number32),
        ),
      ),
    ],
  }),
  good('significant bits', { early: [chunk('sBIT', Buffer.from([5, 6, 5]))] }),
  good('sRGB', { early: [chunk('sRGB', Buffer.from([0]))] }),
  good('background', { middle: [chunk('bKGD', Buffer.from([0, 255, 0, 255, 0, 0]))] }),
  good('pixel size', {
    middle: [chunk('pHYs', Buffer.concat([number32(1), number32(4), Buffer.from([0])]))],
  }),
  good('suggested palette', {
    early: [chunk('sPLT', Buffer.from('six\0\x08\x01\x02\x03\xff\0\x01', 'latin1'))],
  }),
  good('histogram', { colorType: 3, depth: 1, middle: [chunk('hIST', Buffer.from([0, 9, 0, 9]))] }),
  good('palette of a true-colour image', {
    middle: [chunk('PLTE', Buffer.from([1, 2, 3, 4, 5, 6]))],
  }),
  good('text', { middle: [chunk('tEXt', words)] }, false),
  good(
    'packed text',
    { middle: [chunk('zTXt', Buffer.concat([Buffer.from('Comment\0\0'), deflateSync(words)]))] },
    false,
  ),
  good(
    'international text',
    { late: [chunk('iTXt', Buffer.from(`XML:com.adobe.xmp\0\0\0\0\0${MARK}`))] },
    false,
  ),
  good('time', { late: [chunk('tIME', Buffer.from([7, 234, 11, 28, 12, 0, 0]))] }, false),
  good('a chunk nobody knows', { middle: [chunk('miNe', MARK)] }, false),
  good('text with a wrong checksum', { middle: [corrupted(chunk('tEXt', words), -1)] }, false),
]

const streams = [
  good('pixels in chunks of one byte', { idatBytes: 1 }),
  good('an empty chunk of pixels first', { middle: [chunk('IDAT')] }),
  good('no compression', { level: 0 }),
  good('best compression', { level: 9 }),
]

const { bytes: whole } = writePng(PLAIN)
const { bytes: indexed } = writePng({ ...PLAIN, colorType: 3 })
const header = chunk('IHDR', whole.subarray(16, 29))
const pixels = whole.subarray(SIGNATURE.length + header.length)

/** Where the header's fields are in the file. */
const [WIDTH, DEPTH, COLOR] = [16, 24, 25]

const broken = [
  ...[0, 1, 3, 6].map((at) => bad(`byte ${at} of the signature wrong`, corrupted(whole, at))),
  bad(
    'line ends turned into CR LF',
    Buffer.from(whole.toString('latin1').replaceAll('\n', '\r\n'), 'latin1'),
  ),
  bad(
    'CR LF turned into line ends',
    Buffer.from(whole.toString('latin1').replaceAll('\r\n', '\n'), 'latin1'),
  ),
  ...[1, 9].map((type) => bad(`colour type ${type}`, withHeader(COLOR, type))),
  ...[0, 3, 99].map((depth) => bad(`${depth} bits`, withHeader(DEPTH, depth))),
  bad('no width', withHeader(WIDTH + 3, 0)),
  bad('no chunk of pixels', Buffer.concat([SIGNATURE, header, chunk('IEND')])),
  bad('no palette', Buffer.concat([indexed.subarray(0, 33), indexed.subarray(33 + 12 + 768)])),
  bad('a wrong checksum of the header', corrupted(whole, 29)),
  bad('a wrong checksum of the pixels', corrupted(whole, whole.length - 13)),
  bad('cut off in the pixels', whole.subarray(0, whole.length >> 1)),
  bad(
    'rows missing',
    Buffer.concat([
      SIGNATURE,
      header,
      chunk('IDAT', deflateSync(Buffer.alloc(97 * LAST_ROW))),
      chunk('IEND'),
    ]),
  ),
  bad(
    'pixels before the header',
    Buffer.concat([SIGNATURE, pixels.subarray(0, -12), header, chunk('IEND')]),
  ),
  bad('a signature and nothing else', SIGNATURE),
  bad('nothing at all', Buffer.alloc(0)),
]

/** All of them, whole and broken. */
export const PNG_SUITE: readonly SuiteFile[] = [
  ...basic,
  ...sizes,
  ...filters,
  ...transparent,
  ...ancillary,
  ...streams,
  ...broken,
]

function number32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}

/** A copy with one byte changed; a place below 0 counts from the end. */
function corrupted(bytes: Buffer, at: number): Buffer {
  const copy = Buffer.from(bytes)
  const place = at < 0 ? copy.length + at : at
  copy[place] = (copy[place] ?? 0) ^ 0x80
  return copy
}

/** The plain file with one byte of its header set, its checksum right. */
function withHeader(at: number, value: number): Buffer {
  const copy = Buffer.from(whole)
  copy[at] = value
  chunk('IHDR', copy.subarray(16, 29)).copy(copy, SIGNATURE.length)
  return copy
}
