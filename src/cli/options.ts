import { InvalidArgumentError } from 'commander'
import { readModelList, type ModelList } from '../pricing/model-list.ts'

/** Reads a whole number option between two bounds; anything else is wrong usage (exit code 2). */
export function wholeNumber(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN
    if (value >= min && value <= max) return value
    throw new InvalidArgumentError(`It must be a whole number from ${min} to ${max}.`)
  }
}

/** The line under every report of an account that is nearly out of credits. */
export const LOW_BALANCE_LINE = '  ⚠ Low balance — run inkwell billing buy to add credits'

/** How the commands of accounts and keys take a list of models. Its parser cannot be the option's: that may not answer null. */
export const MODELS_OPTION = [
  '--models <list>',
  "the models it may use, as ids or prefixes: 'fal-ai/flux/*,local/*'; '*' is every model",
] as const

/** The list that was named, if any. Throws what `readModelList` throws. */
export function modelsIn(text: string | undefined): ModelList | undefined {
  return text === undefined ? undefined : readModelList(text)
}

/** A list of models in one cell. */
export function modelsOf({ models }: { models: ModelList }): string {
  return models?.join(', ') ?? 'all'
}
