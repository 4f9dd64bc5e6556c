import type { Modality } from '../pricing/catalog.ts'
import type { Declared } from './image.ts'

/** A kind of file: its MIME type and extension. */
export type Kind = {
  mimeType: string
  /** Without the dot. */
  extension: string
  /**
   * Types that sniffing may find in its bytes. If there are any, the bytes cannot tell this kind from others, and the
   * declared type is used.
   */
  looksLike: readonly string[]
}

/** The type of unknown bytes. */
export const BINARY = 'application/octet-stream'
export const TEXT = 'text/plain'
export const JSON_TYPE = 'application/json'
export const SVG = 'image/svg+xml'
export const HTML = 'text/html'
export const XML = 'application/xml'

const kind = (extension: string, mimeType: string, ...looksLike: string[]): Kind => ({
  extension,
  mimeType,
  looksLike,
})

/** All kinds that are saved with their own type and extension. A closed list: no other source names a type. */
export const KINDS: readonly Kind[] = [
  kind('png', 'image/png'),
  kind('jpg', 'image/jpeg'),
  kind('webp', 'image/webp'),
  kind('gif', 'image/gif'),
  kind('avif', 'image/avif'),
  kind('tiff', 'image/tiff'),
  kind('svg', SVG),
  kind('bmp', 'image/bmp'),
  kind('heic', 'image/heic'),
  kind('jxl', 'image/jxl'),
  kind('exr', 'image/x-exr', BINARY),
  kind('mp4', 'video/mp4'),
  kind('webm', 'video/webm'),
  kind('mov', 'video/quicktime'),
  kind('mkv', 'video/matroska'),
  kind('mp3', 'audio/mpeg'),
  kind('wav', 'audio/wav'),
  kind('ogg', 'audio/ogg'),
  kind('flac', 'audio/flac'),
  kind('aac', 'audio/aac'),
  kind('m4a', 'audio/x-m4a'),
  kind('aiff', 'audio/aiff'),
  // The first sample may equal the two bytes that begin an MP3 or AAC frame.
  kind('pcm', 'audio/pcm', BINARY, 'audio/mpeg', 'audio/aac'),
  kind('glb', 'model/gltf-binary'),
  kind('gltf', 'model/gltf+json', JSON_TYPE),
  kind('3mf', 'model/3mf'),
  kind('obj', 'model/obj', TEXT),
  kind('mtl', 'model/mtl', TEXT),
  kind('stl', 'model/stl', BINARY, TEXT),
  kind('ply', 'application/x-ply', BINARY, TEXT),
  kind('splat', 'application/x-splat', BINARY),
  kind('fbx', 'application/x-fbx', BINARY, TEXT),
  kind('usdz', 'model/vnd.usdz+zip', 'application/zip'),
  kind('safetensors', 'application/x-safetensors', BINARY),
  kind('zip', 'application/zip'),
  kind('tar', 'application/x-tar'),
  kind('gz', 'application/gzip'),
  kind('pdf', 'application/pdf'),
  kind('json', JSON_TYPE),
  kind('html', HTML),
  kind('xml', XML),
  kind('csv', 'text/csv', TEXT),
  kind('srt', 'application/x-subrip', TEXT),
  kind('vtt', 'text/vtt', TEXT),
  kind('md', 'text/markdown', TEXT),
  kind('txt', TEXT),
  kind('bin', BINARY),
]

/** Other MIME types of kinds on the list. */
const ALIASES: ReadonlyMap<string, string> = new Map([
  ['audio/x-pcm', 'audio/pcm'],
  ['audio/l16', 'audio/pcm'],
  ['text/srt', 'application/x-subrip'],
])

/** Finds the kind of a MIME type, with or without parameters; undefined if it is not on the list. */
export function kindOfType(type: string): Kind | undefined {
  const [plain = ''] = type.toLowerCase().split(';', 1)
  const name = ALIASES.get(plain.trim()) ?? plain.trim()
  return KINDS.find(({ mimeType }) => mimeType === name)
}

/** Finds the declared kind: by the MIME type, or by the extension if the type is generic. */
export function kindDeclared({ contentType, extension }: Declared): Kind | undefined {
  const byType = kindOfType(contentType ?? '')
  if (byType !== undefined && byType.mimeType !== BINARY && byType.mimeType !== TEXT) return byType
  return KINDS.find((candidate) => candidate.extension === extension) ?? byType
}

const PREFIXES: Record<Modality, { prefix: string; words: string }> = {
  image: { prefix: 'image/', words: 'a picture' },
  video: { prefix: 'video/', words: 'a video' },
  voice: { prefix: 'audio/', words: 'a sound' },
  music: { prefix: 'audio/', words: 'a sound' },
}

/** Returns in words why a type does not fit the requested modality; null if it fits. */
export function mismatch(mimeType: string, wanted: Modality): string | null {
  const { prefix, words } = PREFIXES[wanted]
  return mimeType.startsWith(prefix) ? null : `${mimeType} where ${words} was asked for`
}

/** Describes a file briefly: type and size, and for an image its width and height in pixels. */
export function describeFile({ mimeType, width, height, bytes }: Described): string {
  const name = mimeType.replace(/^\w+\/|\+\w+$/g, '').toUpperCase()
  return `${width === null ? mimeType : `${width}×${height} ${name}`}, ${sizeInWords(bytes)}`
}

type Described = { mimeType: string; width: number | null; height: number | null; bytes: number }

function sizeInWords(bytes: number): string {
  if (bytes < 1_000) return `${bytes} bytes`
  if (bytes < 1_000_000) return `${Math.round(bytes / 1_000)} kB`
  return `${(bytes / 1_000_000).toFixed(1)} MB`
}

/** Whether a browser can show a type without running code. All others, such as SVG and HTML, are downloaded. */
export function isShown(mimeType: string): boolean {
  return /^(image\/(?!svg)|audio\/|video\/|text\/plain$|application\/json$)/.test(mimeType)
}
