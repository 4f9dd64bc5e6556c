/** A text of at most `max` characters: a longer one is cut between two of them and ends in "…". */
export function truncate(text: string, max: number): string {
  if (text.length <= max) return text
  const characters = Array.from(text.slice(0, 2 * max + 2)) // none takes more than two units
  return characters.length <= max ? text : `${characters.slice(0, max - 1).join('')}…`
}

/** The value of a text of JSON; undefined for any other text, as JSON has no such value. */
export function readJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Every text in a value of JSON made well-formed Unicode: half a character becomes U+FFFD. */
export function wellFormed<T>(value: T): T {
  return deepWellFormed(value) as T
}

function deepWellFormed(value: unknown): unknown {
  if (typeof value === 'string') return value.toWellFormed()
  if (Array.isArray(value)) return value.map(deepWellFormed)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, deepWellFormed(part)]))
}
