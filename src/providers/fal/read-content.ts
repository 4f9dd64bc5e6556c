/** Fields that tell about the work and are none of what it made. */
const ABOUT = new Set([
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

/** Characters of an answer that is kept: more is no answer in words. */
const LENGTH_MAX = 16 * 1024 * 1024

export type Content = { text: string; contentType: 'text/plain' | 'application/json' }

/**
 * What an answer without a file says itself: its only text as it is, anything else as JSON. Null for one that holds
 * nothing but empty fields and facts about the work, and for one that is beyond all measure.
 */
export function readContent(data: unknown): Content | null {
  const content = contentOf(data)
  return content === null || content.text.length > LENGTH_MAX ? null : content
}

function contentOf(data: unknown): Content | null {
  if (isEmpty(data)) return null
  if (typeof data === 'string') return { text: data, contentType: 'text/plain' }
  if (isRecord(data)) {
    const made = Object.entries(data).filter(([name, value]) => !ABOUT.has(name) && !isEmpty(value))
    const [first] = made
    if (first === undefined) return null
    if (made.length === 1 && typeof first[1] === 'string')
      return { text: first[1], contentType: 'text/plain' }
  }
  return { text: `${JSON.stringify(data, null, 2)}\n`, contentType: 'application/json' }
}

/** Nothing, an empty text, or a list or object of nothing but that. An answer is JSON, so it is a tree. */
function isEmpty(value: unknown): boolean {
  if (typeof value === 'string') return value.trim() === ''
  if (typeof value !== 'object') return value === undefined
  return value === null || Object.values(value).every(isEmpty)
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
