import { ConfigError } from '../errors.ts'

/** Placeholders that were not replaced by a value: variables that were not expanded, and words of an example. */
const PLACEHOLDERS: readonly [string, RegExp][] = [
  ['${…}', /\$\{[^}]*\}/],
  ['$…', /^\$[a-z_]\w*$/i],
  ['{…}', /^\{.+\}$/],
  ['%…%', /^%\w+%$/],
  ['<…>', /<[^<>]+>/],
  ['your-…-here', /(?<![a-z\d])your[-_](?:[\w-]*[-_])?(?:here|key|secret|token)(?![a-z\d])/i],
]

/**
 * Refuses a placeholder and a value in quotes: clients pass on such texts from their files unchanged.
 * Throws `ConfigError`, which names the variable and not the text.
 */
export function refuseUnlessLiteral(text: string, name: string): void {
  const value = text.trim()
  const found = PLACEHOLDERS.find(([, pattern]) => pattern.test(value))
  if (found !== undefined) {
    throw new ConfigError(
      `${name} holds a placeholder (${found[0]}) that nothing replaced. Write the value itself there, or unset it.`,
    )
  }
  if (/^["'`“”‘’]|["'`“”‘’]$/.test(value)) {
    throw new ConfigError(
      `${name} must have no quotes at its ends: here they would be part of the value.`,
    )
  }
}
