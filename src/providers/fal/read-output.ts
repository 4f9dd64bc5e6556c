/** A file that fal says it made. Nothing here is proven: the type is found in the bytes. */
export type OutputFile = {
  url: string
  width: number | null
  height: number | null
  contentType: string | null
  /** Whether fal's own safety check marks it, in which case it is likely blank. */
  flagged: boolean
}

/** Where results are, most telling first. Masks, thumbnails and sprite sheets are no results. */
const PLACES = ['images', 'image', 'video', 'audio', 'audio_file', 'audio_url'] as const

/**
 * The files in an answer of any endpoint: those of the first place that has some, none where the shape
 * is unknown. URLs are passed on unchecked and file names left behind.
 */
export function readOutput(data: unknown): OutputFile[] {
  if (!isObject(data)) return []
  const flags = listOf(data['has_nsfw_concepts'])
  for (const place of PLACES) {
    const files = listOf(data[place]).flatMap((file, index) => readFile(file, flags[index]))
    if (files.length > 0) return files
  }
  return []
}

function readFile(file: unknown, flag: unknown): OutputFile[] {
  const facts = typeof file === 'string' ? { url: file } : file
  if (!isObject(facts) || typeof facts['url'] !== 'string' || facts['url'] === '') return []
  return [
    {
      url: facts['url'],
      width: pixelsOf(facts['width']),
      height: pixelsOf(facts['height']),
      contentType: typeof facts['content_type'] === 'string' ? facts['content_type'] : null,
      flagged: flag === true,
    },
  ]
}

function pixelsOf(value: unknown): number | null {
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0 ? value : null
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [value]
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
