import { AppError } from '../errors.ts'
import { MAX_DATA_URI_BYTES } from '../media/data-uri.ts'
import { isLoaded, LINK_FIELD } from '../providers/run-files.ts'
import { truncate } from '../text.ts'

/** Fields that are never sent: they ask fal for inline results, or for requests to addresses that the caller chose. */
const FORBIDDEN = /^(sync_mode|fal_webhook|webhook.*)$/i
/** Fields that may hold a name or a link. */
const NAME_OR_LINK = /((^|_)path|^(model|unet)_name|^control_method_url)$/i

const DEPTH_MAX = 64
const URL_MAX = 2048
const DATA_URI_MAX = Math.ceil((MAX_DATA_URI_BYTES * 4) / 3) + 200
const LOCAL_HOST = /(^|\.)(localhost|local|internal|intranet|lan|home|corp)$/

/**
 * Returns a caller's input without the fields that are never sent; `dropped` has a sentence for each of them. Throws
 * `invalid_input` for a link that is neither a public https: URL nor a data: URI.
 */
export function cleanInput(input: Record<string, unknown>): {
  input: Record<string, unknown>
  dropped: string[]
} {
  const dropped: string[] = []
  return { input: cleanObject(input, { path: 'input', depth: 0, dropped }), dropped }
}

type Position = { path: string; depth: number; dropped: string[] }

function cleanObject(object: Record<string, unknown>, position: Position): Record<string, unknown> {
  const kept = Object.entries(object).flatMap(([key, value]) => {
    const path = truncate(`${position.path}.${key}`, 100)
    if (FORBIDDEN.test(key)) {
      position.dropped.push(`${path} was not sent: Inkwell fetches the results itself.`)
      return []
    }
    return [[key, cleanValue(value, key, { ...position, path })] as const]
  })
  return Object.fromEntries(kept)
}

/** `key` is the key in the nearest object: the items of image_urls are checked like the value of image_url. */
function cleanValue(value: unknown, key: string, position: Position): unknown {
  if (position.depth > DEPTH_MAX) throw tooDeep()
  const inner = { ...position, depth: position.depth + 1 }
  if (Array.isArray(value)) {
    return value.map((item, index) =>
      cleanValue(item, key, { ...inner, path: `${position.path}.${index}` }),
    )
  }
  if (isLoaded(value)) return value
  if (isObject(value)) return cleanObject(value, inner)
  if (typeof value === 'string') checkLink(value, key, position.path)
  return value
}

function checkLink(value: string, key: string, path: string): void {
  const isName = NAME_OR_LINK.test(key) && !/^\s*[a-z][a-z0-9+.-]*:/i.test(value)
  if (isName || !(LINK_FIELD.test(key) || NAME_OR_LINK.test(key))) return
  if (/^data:[^\s,]*,/i.test(value) && value.length <= DATA_URI_MAX) return
  if (value.length <= URL_MAX && isPublicHttps(value)) return
  throw new AppError(
    'invalid_input',
    `${path} must be a public https: URL or a data: URI of up to 10 MiB.`,
    { hint: 'Give a link that anybody can open, a data: URI, or the id of an earlier result.' },
  )
}

/** Refuses numeric addresses: fal should fetch only from hosts with a public name. */
function isPublicHttps(value: string): boolean {
  const url = URL.parse(value)
  if (url?.protocol !== 'https:' || url.username !== '' || url.password !== '') return false
  const host = url.hostname.replace(/\.$/, '')
  return host.includes('.') && !/^[\d.]+$/.test(host) && !LOCAL_HOST.test(host)
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}

function tooDeep(): AppError {
  return new AppError('invalid_input', `input is nested more than ${DEPTH_MAX} levels deep.`, {
    hint: 'Give the input in the form the model describes.',
  })
}
