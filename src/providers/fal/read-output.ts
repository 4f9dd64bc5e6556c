import { LINK_FIELD } from '../run-files.ts'
import { isFileAddress } from './fetch.ts'

/** A file that fal lists as output. Not verified: the real type is found from the bytes. */
export type OutputFile = {
  url: string
  contentType: string | null
  /** Whether fal's safety check flagged it; then it is probably blank. */
  flagged: boolean
}

/** Fields that contain results, the most specific first. */
const RESULT_FIELDS = [
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

/** Fields of files that accompany a result. They are results only if there are no others. */
const SECONDARY_FIELD =
  /(^|_)(thumbnail|masks?|spritesheet|preview|debug|viz|visualization|input|original|reference|textures?|material|config|style|rendered)(_|$)/i

const DEPTH_MAX = 8
/** Limits of the lists and objects to search, and of the files to find. */
const VISITS_MAX = 5_000
const FILES_MAX = 64

/**
 * Returns the files in a response of any endpoint: those of the first field in `RESULT_FIELDS` that has any, else every
 * URL of a file at fal anywhere in it, in order. File names are not used.
 */
export function readOutput(data: unknown): OutputFile[] {
  if (!isObject(data)) return []
  const flags = listOf(data['has_nsfw_concepts'])
  for (const field of RESULT_FIELDS) {
    const files = listOf(data[field]).flatMap((file, index) => {
      const { url, contentType } = readFile(file)
      return url !== null && URL.canParse(url)
        ? [{ url, contentType, flagged: flags[index] === true }]
        : []
    })
    if (files.length > 0) return files
  }
  const found = findFiles(data)
  const results = found.filter(({ isSecondary }) => !isSecondary)
  const flagged = flags.length > 0 && flags.every((flag) => flag === true)
  return (results.length > 0 ? results : found).map(({ url, contentType }) => ({
    url,
    contentType,
    flagged,
  }))
}

type Found = Omit<OutputFile, 'flagged'> & { isSecondary: boolean }

/** Finds the URLs of files at fal anywhere in a response. Other URLs are part of its text. */
function findFiles(data: Record<string, unknown>): Found[] {
  const found: Found[] = []
  let visits = 0
  const visit = (
    value: unknown,
    key: string,
    context: { depth: number; isSecondary: boolean },
  ): void => {
    if (context.depth > DEPTH_MAX || visits >= VISITS_MAX || found.length >= FILES_MAX) return
    const { url, contentType } = readFile(value)
    const isNamed = isObject(value) || LINK_FIELD.test(key)
    const isSecondary = context.isSecondary || SECONDARY_FIELD.test(key)
    if (isNamed && url !== null && isFileAddress(url)) found.push({ url, contentType, isSecondary })
    if (!isObject(value)) return
    visits += 1
    const inside = { depth: context.depth + 1, isSecondary }
    if (Array.isArray(value)) for (const item of value) visit(item, key, inside)
    else if (url === null)
      for (const [name, item] of Object.entries(value)) visit(item, name, inside)
  }
  visit(data, '', { depth: 0, isSecondary: false })
  return found
}

/** Returns the URL and type of a file: an object with a `url`, or the URL itself. */
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
