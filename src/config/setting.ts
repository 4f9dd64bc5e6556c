import { refuseUnlessLiteral } from './literal.ts'
import type { Reader } from './readers.ts'

export type Environment = Readonly<Record<string, string | undefined>>

/** One setting: its variables, the words about it, and how its text is read. */
export type Setting<T> = {
  /** The first variable that is set counts. */
  names: readonly [string, ...string[]]
  means: string
  /** What holds where no variable is set: the value, or words about it. */
  fallback?: T
  otherwise?: string
  read: Reader<T>
  isSecret?: true
  /** A cap on money, with the words in which people ask for it. */
  caps?: RegExp
}

/** The value of a setting; its fallback, or else undefined, where its variables are unset or blank. Throws `ConfigError`. */
export function valueOf<T>(setting: Setting<T> & { fallback: T }, env: Environment): T
export function valueOf<T>(setting: Setting<T>, env: Environment): T | undefined
export function valueOf<T>(setting: Setting<T>, env: Environment): T | undefined {
  const name = setting.names.find((candidate) => isSet(env, candidate))
  if (name === undefined) return setting.fallback
  const text = env[name] ?? ''
  refuseUnlessLiteral(text, name)
  return setting.read(text, name)
}

/** Whether a variable has a value. A blank one is unset: clients pass on the fields that were left empty. */
export function isSet(env: Environment, name: string): boolean {
  return env[name] !== undefined && env[name].trim() !== ''
}
