import sharp from 'sharp'
import { MARK } from './marks.ts'

/** Width and height of the pictures here, in pixels: a whole number of JPEG's blocks, so that edges stay sharp. */
export const [WIDTH, HEIGHT] = [48, 32]

type Rgb = readonly [number, number, number]

/** The colours of its quarters, row by row. */
export const QUARTERS: readonly Rgb[] = [
  [200, 30, 40],
  [30, 160, 60],
  [70, 90, 150],
  [230, 220, 210],
]

/** The picture that all files here show: four quarters, each of one colour. */
export function scene() {
  const pixels = Buffer.alloc(WIDTH * HEIGHT * 3)
  for (let at = 0; at < WIDTH * HEIGHT; at += 1) {
    const [right, low] = [at % WIDTH >= WIDTH / 2, at >= (WIDTH * HEIGHT) / 2]
    pixels.set(QUARTERS[(low ? 2 : 0) + (right ? 1 : 0)] ?? [0, 0, 0], at * 3)
  }
  return sharp(pixels, { raw: { width: WIDTH, height: HEIGHT, channels: 3 } })
}

/** The quarters as a person sees them who holds the picture as an EXIF orientation says. */
export function quartersTurned(orientation: number): Rgb[] {
  const order = ['', '0123', '1032', '3210', '2301', '0213', '2031', '3120', '1302'][orientation]
  return (order ?? '').split('').map((digit) => QUARTERS[Number(digit)] ?? [0, 0, 0])
}

/** EXIF that names a person's place. */
export const EXIF = {
  IFD0: { ImageDescription: MARK, Make: 'Nobody' },
  IFD3: { GPSLatitudeRef: 'N', GPSLatitude: '51/1 30/1 25/100' },
}

export const XMP = `<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description xmlns:dc="http://purl.org/dc/elements/1.1/" dc:source="${MARK}"/></rdf:RDF></x:xmpmeta>`

/** A segment of a JPEG. */
export function segment(marker: number, content: Buffer | string): Buffer {
  const body = Buffer.from(content)
  const head = Buffer.from([0xff, marker, 0, 0])
  head.writeUInt16BE(body.length + 2, 2)
  return Buffer.concat([head, body])
}

/** A JPEG with bytes put in behind its first marker. */
export function inserted(jpeg: Buffer, ...added: Buffer[]): Buffer {
  return Buffer.concat([jpeg.subarray(0, 2), ...added, jpeg.subarray(2)])
}

export const IPTC = segment(
  0xed,
  Buffer.concat([
    Buffer.from('Photoshop 3.0\x008BIM\x04\x04\0\0\0\0\0'),
    Buffer.from([MARK.length + 5, 0x1c, 2, 0x5c, 0, MARK.length]),
    Buffer.from(MARK),
    Buffer.alloc((MARK.length + 5) % 2),
  ]),
)

/** A box of an MP4 or HEIF file. */
export function box(type: string, ...content: (Buffer | string)[]): Buffer {
  const body = Buffer.concat([
    Buffer.from(type, 'latin1'),
    ...content.map((part) => Buffer.from(part)),
  ])
  const head = Buffer.alloc(4)
  head.writeUInt32BE(body.length + 4)
  return Buffer.concat([head, body])
}

/** A BMP of 2 by 2 pixels. */
export function bmp(): Buffer {
  const file = Buffer.alloc(70)
  file.write('BM')
  for (const [at, value] of [
    [2, 70],
    [10, 54],
    [14, 40],
    [18, 2],
    [22, 2],
    [34, 16],
  ] as const)
    file.writeUInt32LE(value, at)
  file.writeUInt16LE(1, 26)
  file.writeUInt16LE(24, 28)
  return file
}
