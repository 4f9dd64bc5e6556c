import { promptText, xmpPacket, type FileMetadata } from './metadata.ts'

/**
 * Returns the file with the metadata as an XMP packet, which replaces an existing one. The pixels do not change.
 * Null if the file stays as it is: another type, an unknown layout, or a signed file (C2PA), whose signature a change
 * would break.
 */
export function embed(file: Buffer, mimeType: string, metadata: FileMetadata): Buffer | null {
  const write = WRITERS[mimeType]
  if (write === undefined) return null
  try {
    const parts = write(file, metadata)
    return parts === null ? null : Buffer.concat(parts)
  } catch (error) {
    if (error instanceof RangeError) return null // the file is shorter than its lengths say
    throw error
  }
}

type Writer = (file: Buffer, metadata: FileMetadata) => Buffer[] | null

const WRITERS: Readonly<Record<string, Writer>> = {
  'image/png': intoPng,
  'image/jpeg': intoJpeg,
  'image/webp': intoWebp,
}

const PNG_SIGNATURE = 8
const PNG_TEXTS: ReadonlySet<string> = new Set(['iTXt', 'tEXt', 'zTXt'])
const PNG_XMP = 'XML:com.adobe.xmp'
const PNG_PROMPT = 'Description'

/** PNG: adds text chunks after the header, which is always first. */
function intoPng(file: Buffer, metadata: FileMetadata): Buffer[] | null {
  const chunks: Buffer[] = []
  for (let at = PNG_SIGNATURE; at < file.length;) {
    const end = at + 12 + file.readUInt32BE(at)
    const type = file.toString('latin1', at + 4, at + 8)
    if (end > file.length || type === 'caBX') return null
    const keyword =
      file
        .subarray(at + 8, Math.min(end, at + 8 + 80))
        .toString('latin1')
        .split('\0', 1)[0] ?? ''
    const isReplaced = PNG_TEXTS.has(type) && (keyword === PNG_XMP || keyword === PNG_PROMPT)
    if (!isReplaced) chunks.push(file.subarray(at, end))
    at = end
  }
  const [header, ...rest] = chunks
  if (header?.toString('latin1', 4, 8) !== 'IHDR') return null
  const prompt = promptText(metadata)
  const texts = [
    pngText(PNG_XMP, xmpPacket(metadata)),
    ...(prompt === '' ? [] : [pngText(PNG_PROMPT, prompt)]),
  ]
  return [file.subarray(0, PNG_SIGNATURE), header, ...texts, ...rest]
}

/** An uncompressed iTXt chunk without a language: https://www.w3.org/TR/png-3/#11iTXt */
function pngText(keyword: string, text: string): Buffer {
  const body = Buffer.from(`iTXt${keyword}\0\0\0\0\0${text}`)
  const frame = Buffer.alloc(8)
  frame.writeUInt32BE(body.length - 4, 0)
  frame.writeUInt32BE(process.getBuiltinModule('node:zlib').crc32(body), 4) // no start needs it
  return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)])
}

const JPEG = { start: 0xd8, scan: 0xda, app0: 0xe0, app1: 0xe1, app11: 0xeb }
const JPEG_XMP = 'http://ns.adobe.com/xap/1.0/\0'
const JPEG_MORE_XMP = 'http://ns.adobe.com/xmp/extension/\0'

/** JPEG: adds an APP1 segment after those of JFIF and Exif, which must be first. */
function intoJpeg(file: Buffer, metadata: FileMetadata): Buffer[] | null {
  const segments: { marker: number; bytes: Buffer; startsWith: (text: string) => boolean }[] = []
  let at = 2
  for (;;) {
    while (file.readUInt8(at + 1) === 0xff) at += 1 // padding
    const marker = file.readUInt8(at + 1)
    if (file.readUInt8(at) !== 0xff || marker === JPEG.app11) return null
    if (marker === JPEG.scan) break
    const end = at + 2 + file.readUInt16BE(at + 2)
    if (end > file.length) return null
    const bytes = file.subarray(at, end)
    const startsWith = (text: string) => bytes.toString('latin1', 4, 4 + text.length) === text
    segments.push({ marker, bytes, startsWith })
    at = end
  }
  const kept = segments.filter(
    ({ marker, startsWith }) =>
      marker !== JPEG.app1 || !(startsWith(JPEG_XMP) || startsWith(JPEG_MORE_XMP)),
  )
  const isFirst = ({ marker, startsWith }: (typeof kept)[number]): boolean =>
    marker === JPEG.app0 || (marker === JPEG.app1 && startsWith('Exif\0'))
  const place = kept.findIndex((segment) => !isFirst(segment))
  const packet = Buffer.from(JPEG_XMP + xmpPacket(metadata))
  const head = Buffer.from([0xff, JPEG.app1, 0, 0])
  head.writeUInt16BE(packet.length + 2, 2)
  const own = Buffer.concat([head, packet])
  const ordered = kept.map(({ bytes }) => bytes).toSpliced(place, 0, own)
  return [file.subarray(0, 2), ...ordered, file.subarray(at)]
}

type WebpChunk = { type: string; bytes: Buffer }

/** WebP: adds the XMP chunk at the end, and a flag for it in the first chunk. */
function intoWebp(file: Buffer, metadata: FileMetadata): Buffer[] | null {
  const end = 8 + file.readUInt32LE(4)
  if (end > file.length) return null
  const chunks: WebpChunk[] = []
  for (let at = 12; at < end;) {
    const next = at + 8 + padded(file.readUInt32LE(at + 4))
    if (next > end) return null
    chunks.push({ type: file.toString('latin1', at, at + 4), bytes: file.subarray(at, next) })
    at = next
  }
  if (chunks.some(({ type }) => type === 'C2PA')) return null
  const [first, ...rest] = chunks.filter(({ type }) => type !== 'XMP ')
  const extended = first === undefined ? null : withXmpFlag(first)
  if (extended === null) return null
  const body = [...extended, ...rest.map(({ bytes }) => bytes), riff('XMP ', xmpPacket(metadata))]
  const head = Buffer.from(file.subarray(0, 12))
  head.writeUInt32LE(4 + body.reduce((sum, { length }) => sum + length, 0), 4)
  return [head, ...body]
}

/** Flags of the first chunk: the file has XMP, and the image has transparency. */
const WEBP_XMP = 0x04
const WEBP_ALPHA = 0x10

/**
 * Sets the XMP flag. A simple file has no chunk of flags and gets one:
 * https://developers.google.com/speed/webp/docs/riff_container
 */
function withXmpFlag({ type, bytes }: WebpChunk): Buffer[] | null {
  if (type === 'VP8X') {
    const flagged = Buffer.from(bytes)
    flagged.writeUInt8(flagged.readUInt8(8) | WEBP_XMP, 8)
    return [flagged]
  }
  const size = sizeOf(type, bytes)
  if (size === null) return null
  const flags = Buffer.alloc(10)
  flags.writeUInt8(WEBP_XMP | (size.hasAlpha ? WEBP_ALPHA : 0), 0)
  flags.writeUIntLE(size.width - 1, 4, 3)
  flags.writeUIntLE(size.height - 1, 7, 3)
  return [riff('VP8X', flags), bytes]
}

function sizeOf(
  type: string,
  bytes: Buffer,
): { width: number; height: number; hasAlpha: boolean } | null {
  if (type === 'VP8 ') {
    return {
      width: bytes.readUInt16LE(14) & 0x3fff,
      height: bytes.readUInt16LE(16) & 0x3fff,
      hasAlpha: false,
    }
  }
  if (type !== 'VP8L') return null
  const bits = bytes.readUInt32LE(9)
  return {
    width: (bits & 0x3fff) + 1,
    height: ((bits >>> 14) & 0x3fff) + 1,
    hasAlpha: (bits & 0x1000_0000) !== 0,
  }
}

function riff(type: string, content: string | Buffer): Buffer {
  const body = Buffer.from(content)
  const chunk = Buffer.alloc(8 + padded(body.length))
  chunk.write(type, 'latin1')
  chunk.writeUInt32LE(body.length, 4)
  body.copy(chunk, 8)
  return chunk
}

/** RIFF chunks begin at even offsets. */
function padded(length: number): number {
  return length + (length % 2)
}
