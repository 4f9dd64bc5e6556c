import { AppError } from '../errors.ts'
import type { Model } from './catalog.ts'
import { isServed, MODEL_ID, type RateCard } from './find-model.ts'

/** The allowed models: ids, and prefixes such as `fal-ai/flux/*`. Null allows every model. */
export type ModelList = readonly string[] | null

/** The lists that apply to a caller. A model must be on both. */
export type ModelLists = { account: ModelList; key: ModelList }

/** Limit of the patterns of one list. */
const PATTERNS_MAX = 100
/** Limits of the patterns and of the models that a refusal names. */
const PATTERNS_SHOWN = 10
const MODELS_SHOWN = 5

const ALL = '*'
const PREFIX = /^(?!.*\.\.)[a-z0-9][\w.-]*(\/[a-z0-9][\w.-]*)*\/\*$/

/**
 * Parses a list of patterns separated by commas, such as `fal-ai/flux/*,local/*`; the pattern `*` allows every model.
 * Throws `invalid_input`, naming the invalid pattern.
 */
export function readModelList(text: string): ModelList {
  const patterns = [...new Set(text.split(',').map((pattern) => pattern.trim()))]
  const invalid = patterns.find(
    (pattern) => pattern !== ALL && !MODEL_ID.test(pattern) && !PREFIX.test(pattern),
  )
  if (invalid !== undefined) throw invalidPattern(invalid)
  if (patterns.includes(ALL)) return null
  if (patterns.length > PATTERNS_MAX) throw tooManyPatterns()
  return patterns
}

/** Returns a list as it is stored, separated by spaces: no pattern contains a space. */
export function storeModelList(list: ModelList): string | null {
  return list === null ? null : list.join(' ')
}

/** Parses a stored list. */
export function storedModelList(stored: string | null): ModelList {
  return stored === null ? null : stored.split(' ')
}

/** Returns whether a model is on both lists, by its id or by its endpoint. */
export function mayUse(
  { account, key }: ModelLists,
  model: Pick<Model, 'id' | 'endpoint'>,
): boolean {
  return isListed(account, model) && isListed(key, model)
}

/** Throws `forbidden` for a model that is not on both lists, naming what is allowed. */
export function assertMayUse(
  lists: ModelLists,
  { id, endpoint, operation }: Pick<Model, 'id' | 'endpoint' | 'operation'>,
  { models }: RateCard,
): void {
  if (mayUse(lists, { id, endpoint })) return
  const allowed = [...models.values()]
    .filter((model) => isServed(model) && mayUse(lists, model))
    .toSorted((a, b) => Number(b.operation === operation) - Number(a.operation === operation))
    .slice(0, MODELS_SHOWN)
    .map((model) => (model.operation === operation ? model.id : `${model.id} (${model.operation})`))
  throw new AppError('forbidden', `${id} is not allowed: ${describeLists(lists)}.`, {
    hint: `${allowed.length === 0 ? 'No listed model is among them.' : `Call again with a model that is, such as ${allowed.join(', ')}.`} Only the operator can change the list.`,
  })
}

function isListed(list: ModelList, { id, endpoint }: Pick<Model, 'id' | 'endpoint'>): boolean {
  return (
    list === null ||
    list.some(
      (pattern) => matches(pattern, id) || (endpoint !== null && matches(pattern, endpoint)),
    )
  )
}

function matches(pattern: string, id: string): boolean {
  return pattern.endsWith('/*') ? id.startsWith(pattern.slice(0, -1)) : id === pattern
}

function describeLists({ account, key }: ModelLists): string {
  const words = [
    ['this account', account],
    ['this API key', key],
  ] as const
  return words
    .flatMap(([owner, list]) =>
      list === null ? [] : [`${owner} may use ${describePatterns(list)}`],
    )
    .join(', and ')
}

function describePatterns(list: readonly string[]): string {
  const more = list.length - PATTERNS_SHOWN
  const shown = list.slice(0, PATTERNS_SHOWN).join(', ')
  return more > 0 ? `${shown} and ${more} more` : shown
}

function invalidPattern(pattern: string): AppError {
  return new AppError('invalid_input', `"${pattern}" is no pattern for models.`, {
    hint: 'Give ids such as fal-ai/flux/schnell or prefixes such as fal-ai/flux/*, with a comma between; * alone allows every model.',
  })
}

function tooManyPatterns(): AppError {
  return new AppError('invalid_input', `A list of models has at most ${PATTERNS_MAX} patterns.`, {
    hint: 'Use prefixes such as fal-ai/flux/*.',
  })
}
