import { ConfigError } from '../errors.ts'

/** What stands where a value should: a variable that was not expanded, or the words of an example. */
const PLACEHOLDERS: readonly [string, RegExp][] = [
  ['${…}', /\$\{[^}]*\}/],
  ['$…', /^\$[a-z_]\w*$/i],
  ['{…}', /^\{.+\}$/],
  ['%…%', /^%\w+%$/],
  ['<…>', /<[^<>]+>/],
  ['your-…-here', /(?<![a-z\d])your[-_](?:[\w-]*[-_])?(?:here|key|secret|token)(?![a-z\d])/i],
]

/**
 * Refuses a text that was meant to be replaced, or is quoted twice: clients pass on what stands in their files.
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
