/** Fields that describe the work and are not its output. */
const METADATA_FIELDS = new Set([
  'seed',
  'seeds',
  'used_seed',
  'prompt',
  'actual_prompt',
  'revised_prompt',
  'negative_prompt',
  'has_nsfw_concepts',
  'nsfw_content_detected',
  'timings',
  'metrics',
  'inference_time',
  'generation_time',
  'total_generation_time',
  'duration',
  'duration_ms',
  'rtf',
  'average_rtf',
  'sample_rate',
  'num_images',
  'num_inference_steps',
  'request_id',
  'task_id',
  'usage',
  'usage_info',
  'finish_reason',
  'partial',
  'status',
  'error',
  'detail',
])

/** Longest response that is kept as text, in UTF-16 units. */
const LENGTH_MAX = 16 * 1024 * 1024

export type Content = { text: string; contentType: 'text/plain' | 'application/json' }

/**
 * Returns the content of a response without files: its only text unchanged, anything else as JSON. Null if it has only
 * empty fields and facts about the work, or is longer than `LENGTH_MAX`.
 */
export function readContent(data: unknown): Content | null {
  const content = contentOf(data)
  return content === null || content.text.length > LENGTH_MAX ? null : content
}

function contentOf(data: unknown): Content | null {
  if (isEmpty(data)) return null
  if (typeof data === 'string') return { text: data, contentType: 'text/plain' }
  if (isRecord(data)) {
    const made = Object.entries(data).filter(
      ([name, value]) => !METADATA_FIELDS.has(name) && !isEmpty(value),
    )
    const [first] = made
    if (first === undefined) return null
    if (made.length === 1 && typeof first[1] === 'string')
      return { text: first[1], contentType: 'text/plain' }
  }
  return { text: `${JSON.stringify(data, null, 2)}\n`, contentType: 'application/json' }
}

/** Returns whether a value is missing, an empty text, or a list or object of only such values. JSON has no cycles. */
function isEmpty(value: unknown): boolean {
  if (typeof value === 'string') return value.trim() === ''
  if (typeof value !== 'object') return value === undefined
  return value === null || Object.values(value).every(isEmpty)
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
