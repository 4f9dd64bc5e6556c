import { ConfigError } from '../errors.ts'
import { nearest } from '../nearest.ts'
import { isSet, type Environment, type Setting } from './setting.ts'
import { SETTINGS } from './settings.ts'

const SETTING_LIST: readonly Setting<unknown>[] = Object.values(SETTINGS)
const BUDGETS = SETTING_LIST.filter(({ caps }) => caps !== undefined)
const READ = SETTING_LIST.flatMap(({ names }) => names)
const PROTECTING = BUDGETS.map(({ names }) => bare(names[0]))

/** A name with at most this many wrong letters counts as a misspelling of another. */
const EDITS_MAX = 2

/** Returns the names of the variables that are set and read. */
export function readVariables(env: Environment): string[] {
  return READ.filter((name) => isSet(env, name))
}

/**
 * Returns one sentence for each INKWELL_ variable that is set but has no effect. Throws `ConfigError` if it is, or
 * looks like, a cap on money: the operator relies on it.
 */
export function unreadVariables(env: Environment): string[] {
  const set = Object.keys(env).filter((name) => /^INKWELL_/i.test(name) && isSet(env, name))
  return set.toSorted().flatMap((name) => {
    // Windows ignores the case of names.
    const known = process.platform === 'win32' ? name.toUpperCase() : name
    if (READ.includes(known)) return []
    if (looksLikeBudget(name)) throw capsNothing(name)
    return [`${name} is no setting of Inkwell, and is ignored.${didYouMean(mostSimilar(name))}`]
  })
}

function looksLikeBudget(name: string): boolean {
  return (
    /MAX_USD|LIMIT|BUDGET/i.test(name) || nearest(bare(name), PROTECTING, EDITS_MAX) !== undefined
  )
}

function capsNothing(name: string): ConfigError {
  const meant = BUDGETS.find(({ caps }) => caps?.test(name.toUpperCase()))
  return new ConfigError(
    `${name} is no setting of Inkwell, and looks like a budget: ignored, it would cap nothing.${didYouMean(meant?.names[0] ?? mostSimilar(name))} Budgets are ${budgetNames()}.`,
  )
}

function budgetNames(): string {
  return BUDGETS.map(({ names }) => names[0]).join(', ')
}

function didYouMean(name: string | undefined): string {
  return name === undefined ? '' : ` Did you mean ${name}?`
}

/** The most similar name. Compared without the prefix INKWELL_, because all names share it. */
function mostSimilar(name: string): string | undefined {
  const meant = nearest(bare(name), READ.map(bare))
  return READ.find((known) => bare(known) === meant)
}

function bare(name: string): string {
  return name.toUpperCase().replace(/^INKWELL_/, '')
}
