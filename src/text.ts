/** Returns the text if it has at most `max` code points; otherwise cuts it to that length, with "…" at the end. */
export function truncate(text: string, max: number): string {
  if (text.length <= max) return text
  const characters = Array.from(text.slice(0, 2 * max + 2)) // a code point is at most two UTF-16 units
  return characters.length <= max ? text : `${characters.slice(0, max - 1).join('')}…`
}

/** Ends a text of somebody else with a full stop, if nothing ends it yet: another sentence may follow. */
export function asSentence(text: string): string {
  return /[.!?…。！？]\s*$/u.test(text) ? text : `${text.trimEnd()}.`
}

/** Returns a text of somebody else in one line of printable characters, at most `max` code points. */
export function oneLine(text: string, max: number): string {
  const line = text.replaceAll(/[\p{C}\p{Z}]+/gu, ' ').trim()
  return Array.from(line).slice(0, max).join('').trim()
}

/** Formats a time in milliseconds since 1970 as ISO 8601. */
export function iso(atMs: number): string {
  return new Date(atMs).toISOString()
}

/** Formats the UTC time of day of a time in milliseconds since 1970: `14:05`. */
export function timeOfDay(atMs: number): string {
  return iso(atMs).slice(11, 16)
}

/** Formats a time as `iso` does; null for none. */
export function isoOrNull(atMs: number | null): string | null {
  return atMs === null ? null : iso(atMs)
}

/** Parses JSON. Returns undefined if the text is not JSON; no JSON value is undefined. */
export function readJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Makes every string in a JSON value well-formed Unicode: a lone surrogate becomes U+FFFD. */
export function wellFormed<T>(value: T): T {
  return isWellFormed(value) ? value : (repaired(value) as T)
}

/** Nearly every value is well-formed. To look costs a tenth of a copy. */
function isWellFormed(value: unknown): boolean {
  if (typeof value === 'string') return value.isWellFormed()
  if (typeof value !== 'object' || value === null) return true
  if (Array.isArray(value)) return value.every(isWellFormed)
  for (const key in value)
    // the values need no list of their own
    if (!isWellFormed((value as Record<string, unknown>)[key])) return false
  return true
}

function repaired(value: unknown): unknown {
  if (typeof value === 'string') return value.toWellFormed()
  if (Array.isArray(value)) return value.map(repaired)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, repaired(part)]))
}
