import type * as z from 'zod'
import { AppError, type Hints } from '../errors.ts'
import { inQuotes } from '../media/reference.ts'
import { lettersOf, nearestName } from '../nearest.ts'
import { truncate } from '../text.ts'
import { lenient } from './lenient.ts'
import { shownSchema, type ShownSchema } from './schema.ts'

/** Most problems named in one refusal. */
const ISSUES_MAX = 5

/** Deepest nesting of arguments. Recursive readers would overflow the stack with more. */
const DEPTH_MAX = 64

/** Names that other tools use for our arguments, in letters only. */
const ALIASES = new Map([
  ['aspectratio', 'imageSize'],
  ['dimensions', 'imageSize'],
  ['ratio', 'imageSize'],
  ['resolution', 'imageSize'],
  ['size', 'imageSize'],
  ['count', 'numImages'],
  ['n', 'numImages'],
  ['numoutputs', 'numImages'],
  ['samples', 'numImages'],
  ['format', 'outputFormat'],
  ['imageurl', 'image'],
  ['imageurls', 'images'],
  ['maskurl', 'mask'],
  ['description', 'prompt'],
  ['text', 'prompt'],
  ['negative', 'negativePrompt'],
  ['factor', 'scale'],
  ['upscalefactor', 'scale'],
  ['maxcost', 'maxCostUsd'],
  ['maxprice', 'maxCostUsd'],
  ['dryrun', 'quoteOnly'],
  ['amount', 'amountUsd'],
  ['usd', 'amountUsd'],
])

/**
 * Checks arguments against a schema after `lenient` has converted them. Throws `invalid_input`, which names
 * each wrong argument with its bounds, and suggests a name for an unknown one.
 */
export function parseInput(schema: z.ZodObject, input: unknown): Record<string, unknown> {
  const shown = shownSchema(schema)
  const read = lenient(shown, input ?? {})
  assertJson(read)
  const parsed = schema.safeParse(read)
  if (parsed.success) return parsed.data
  const { issues } = parsed.error
  const names = Object.keys(shown.properties ?? {})
  const hint = issues.some(({ code }) => code === 'unrecognized_keys')
    ? `Correct the arguments and call again; there are ${names.join(', ')}.`
    : 'Correct the arguments and call again; nothing was charged.'
  throw new AppError('invalid_input', `${describeIssues(issues, shown, read).join('. ')}.`, {
    hint,
  })
}

/** Returns one sentence per argument, for its first problem. */
function describeIssues(issues: z.core.$ZodIssue[], shown: ShownSchema, input: unknown): string[] {
  const sentences = new Map<string, string>()
  const addSentence = (where: string, words: string): void => {
    if (!sentences.has(where) && sentences.size < ISSUES_MAX) sentences.set(where, words)
  }
  for (const issue of issues) {
    const where = issue.path.map(String).join('.')
    if (issue.code === 'unrecognized_keys')
      for (const key of issue.keys) addSentence(key, describeUnknown(key, shown))
    else if (where === '') addSentence('', 'The arguments must be an object')
    else addSentence(where, `${where} ${describeProblem(issue, shown, input)}`)
  }
  return [...sentences.values()]
}

function describeUnknown(key: string, { properties = {} }: ShownSchema): string {
  const word = truncate(key, 100)
  const names = Object.keys(properties)
  const alias = ALIASES.get(lettersOf(word))
  const suggestion = names.find((name) => name === alias) ?? nearestName(word, names)
  return `There is no argument ${inQuotes(word)}${suggestion === undefined ? '' : ` (did you mean ${suggestion}?)`}`
}

function describeProblem(issue: z.core.$ZodIssue, shown: ShownSchema, input: unknown): string {
  let expected: ShownSchema | undefined = shown
  let given: unknown = input
  for (const step of issue.path) {
    expected = expected?.properties?.[String(step)] ?? expected?.items
    given = (given as Record<PropertyKey, unknown> | undefined)?.[step]
  }
  if (issue.code === 'custom') return issue.message
  if (given === undefined) return 'is required'
  if (typeof given === 'string' && given.trim() === '') return 'must not be blank'
  return `must be ${describeSchema(expected ?? {})}`
}

/** Describes the values that a schema accepts, such as `an integer from 1 to 4`. */
export function describeSchema(schema: ShownSchema): string {
  const {
    type = '',
    enum: values,
    minimum,
    maximum,
    minLength,
    maxLength,
    minItems,
    maxItems,
  } = schema
  if (values !== undefined) return `one of ${values.join(', ')}`
  switch (type) {
    case 'string':
      return `a string${range(' of', minLength, maxLength)} characters`
    case 'integer':
      return `an integer${range(' from', minimum, maximum)}`
    case 'number':
      return `a number${range(' from', minimum, maximum)}`
    case 'array':
      return `an array${range(' of', minItems, maxItems)} items`
    case 'boolean':
      return 'a boolean: true or false'
    default:
      return 'an object'
  }
}

function range(word: string, low = 0, high = Infinity): string {
  return high === Infinity ? '' : `${word} ${low} to ${high}`
}

/** Throws `invalid_input` for values that are not JSON (only callers in the process can pass them) and for too deep nesting. */
function assertJson(input: unknown): void {
  let level = [input]
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > DEPTH_MAX)
      throw invalidArguments(`are nested deeper than ${DEPTH_MAX} levels`, {
        hint: 'Send them flatter.',
      })
    if (!level.every(isJson))
      throw invalidArguments('are not JSON', { hint: 'Send what JSON can hold.' })
    level = level.flatMap((value) =>
      typeof value === 'object' && value !== null ? (Object.values(value) as unknown[]) : [],
    )
  }
}

function isJson(value: unknown): boolean {
  return typeof value === 'number'
    ? Number.isFinite(value)
    : value === null || ['string', 'boolean', 'object'].includes(typeof value)
}

function invalidArguments(what: string, hints: Hints): AppError {
  return new AppError('invalid_input', `The arguments ${what}.`, hints)
}
