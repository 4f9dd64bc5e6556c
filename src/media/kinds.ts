import type { Modality } from '../pricing/catalog.ts'
import type { Declared } from './image.ts'

/** A kind of file: what it is called and saved as. */
export type Kind = {
  mimeType: string
  /** Without its dot. */
  extension: string
  /**
   * Types that its bytes look like. Where some are given the bytes do not tell this kind from others, and the word
   * of whoever made the file is taken.
   */
  looksLike: readonly string[]
}

/** What bytes are of which nothing more is known. */
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

/** Every kind that is saved under its own name. The list is closed: nobody else names a file. */
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
  // The two bytes that begin a frame of MP3 or AAC may be the first sample as well.
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

/** Other names for kinds of the list. */
const ALIASES: ReadonlyMap<string, string> = new Map([
  ['audio/x-pcm', 'audio/pcm'],
  ['audio/l16', 'audio/pcm'],
  ['text/srt', 'application/x-subrip'],
])

/** The kind of a type by its name, with or without parameters; undefined where it is not on the list. */
export function kindOfType(type: string): Kind | undefined {
  const [plain = ''] = type.toLowerCase().split(';', 1)
  const name = ALIASES.get(plain.trim()) ?? plain.trim()
  return KINDS.find(({ mimeType }) => mimeType === name)
}

/** The kind that its maker says a file is: by its type, or by its extension where the type says nothing. */
export function kindDeclared({ contentType, extension }: Declared): Kind | undefined {
  const byType = kindOfType(contentType ?? '')
  if (byType !== undefined && byType.mimeType !== BINARY && byType.mimeType !== TEXT) return byType
  return KINDS.find((each) => each.extension === extension) ?? byType
}

const PREFIXES: Record<Modality, { prefix: string; words: string }> = {
  image: { prefix: 'image/', words: 'a picture' },
  video: { prefix: 'video/', words: 'a video' },
  voice: { prefix: 'audio/', words: 'a sound' },
  music: { prefix: 'audio/', words: 'a sound' },
}

/** Why a file of this type is not what was asked for, in words; null where it is. */
export function mismatch(mimeType: string, wanted: Modality): string | null {
  const { prefix, words } = PREFIXES[wanted]
  return mimeType.startsWith(prefix) ? null : `${mimeType} where ${words} was asked for`
}

/** A file in a few words: its type and its size, and of a picture its width and height in pixels. */
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
