import { InvalidArgumentError, type Command } from 'commander'
import { nearestName } from '../nearest.ts'
import { readModelList, type ModelList } from '../pricing/model-list.ts'

/** Returns a parser for a whole number between two bounds. It throws `InvalidArgumentError` (exit code 2). */
export function wholeNumber(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN
    if (value >= min && value <= max) return value
    throw new InvalidArgumentError(`It must be a whole number from ${min} to ${max}.`)
  }
}

/** The option for a list of models. It has no parser here, because the parsed list can be null and commander does not allow that. */
export const MODELS_OPTION = [
  '--models <list>',
  "the models it may use, as ids or prefixes: 'fal-ai/flux/*,local/*'; '*' is every model",
] as const

/** Parses a list of models, or returns undefined if none was given. Throws the errors of `readModelList`. */
export function modelsIn(text: string | undefined): ModelList | undefined {
  return text === undefined ? undefined : readModelList(text)
}

/** Formats a list of models for one table cell. */
export function modelsOf({ models }: { models: ModelList }): string {
  return models?.join(', ') ?? 'all'
}

/**
 * Lets a command with subcommands that also runs alone refuse any other word, and suggest the subcommand that was
 * meant. Its options then belong before the subcommand, which may have the same ones.
 */
export function refuseOtherWords(command: Command): void {
  command.enablePositionalOptions().allowExcessArguments()
  command.hook('preAction', (_, { args: [word] }) => {
    if (word === undefined || command.args[0] !== word) return
    const meant = nearestName(
      word,
      command.commands.map((one) => one.name()),
    )
    const suggestion = meant === undefined ? '' : `\n(Did you mean ${meant}?)`
    command.error(`error: unknown command '${word}'${suggestion}`)
  })
}
