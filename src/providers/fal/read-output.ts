import { LINK_FIELD } from '../run-files.ts'
import { isFileAddress } from './fetch.ts'

/** A file that fal says it made. Nothing here is proven: the type is found in the bytes. */
export type OutputFile = {
  url: string
  contentType: string | null
  /** Whether fal's own safety check marks it, in which case it is likely blank. */
  flagged: boolean
}

/** Where results are, most telling first. */
const PLACES = [
  'images',
  'image',
  'video',
  'videos',
  'audio',
  'audios',
  'audio_file',
  'audio_url',
  'model_mesh',
  'model_glb',
  'model_obj',
  'diffusers_lora_file',
  'lora_file',
] as const

/** What comes along with a result and is one itself only where there is no other. */
const ASIDE =
  /(^|_)(thumbnail|masks?|spritesheet|preview|debug|viz|visualization|input|original|reference|textures?|material|config|style|rendered)(_|$)/i

const DEPTH_MAX = 8
/** Most lists and objects that are looked into, and most files that are found. */
const LOOKS_MAX = 5_000
const FILES_MAX = 64

/**
 * The files in an answer of any endpoint: those of the first place that has some, else every file of fal's that
 * is named anywhere in it, in the order they are named. File names are left behind.
 */
export function readOutput(data: unknown): OutputFile[] {
  if (!isObject(data)) return []
  const flags = listOf(data['has_nsfw_concepts'])
  for (const place of PLACES) {
    const files = listOf(data[place]).flatMap((file, index) => {
      const { url, contentType } = readFile(file)
      return url !== null && URL.canParse(url)
        ? [{ url, contentType, flagged: flags[index] === true }]
        : []
    })
    if (files.length > 0) return files
  }
  const found = findFiles(data)
  const results = found.filter(({ isAside }) => !isAside)
  const flagged = flags.length > 0 && flags.every((flag) => flag === true)
  return (results.length > 0 ? results : found).map(({ url, contentType }) => ({
    url,
    contentType,
    flagged,
  }))
}

type Found = Omit<OutputFile, 'flagged'> & { isAside: boolean }

/** Files at addresses of fal's, wherever they are named. Other addresses are words of the answer. */
function findFiles(data: Record<string, unknown>): Found[] {
  const found: Found[] = []
  let looks = 0
  const look = (value: unknown, key: string, place: { depth: number; isAside: boolean }): void => {
    if (place.depth > DEPTH_MAX || looks >= LOOKS_MAX || found.length >= FILES_MAX) return
    const { url, contentType } = readFile(value)
    const isNamed = isObject(value) || LINK_FIELD.test(key)
    const isAside = place.isAside || ASIDE.test(key)
    if (isNamed && url !== null && isFileAddress(url)) found.push({ url, contentType, isAside })
    if (!isObject(value)) return
    looks += 1
    const inside = { depth: place.depth + 1, isAside }
    if (Array.isArray(value)) for (const item of value) look(item, key, inside)
    else if (url === null)
      for (const [name, item] of Object.entries(value)) look(item, name, inside)
  }
  look(data, '', { depth: 0, isAside: false })
  return found
}

/** The address and type of a file, which is an object with a `url` or the address itself. */
function readFile(file: unknown): { url: string | null; contentType: string | null } {
  const { url, content_type: type } = isObject(file) ? file : { url: file, content_type: null }
  return {
    url: typeof url === 'string' && url !== '' ? url : null,
    contentType: typeof type === 'string' ? type : null,
  }
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [value]
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
