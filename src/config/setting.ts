import { refuseUnlessLiteral } from './literal.ts'
import type { Reader } from './readers.ts'

export type Environment = Readonly<Record<string, string | undefined>>

/** One setting: its variables, its description, and how its text is read. */
export type Setting<T> = {
  /** The first variable that is set is used. */
  names: readonly [string, ...string[]]
  means: string
  /** The default: its value, or a description of it (`otherwise`). */
  fallback?: T
  otherwise?: string
  read: Reader<T>
  isSecret?: true
  /** Set for a cap on money: a pattern of the words that people use for it in wrong names. */
  caps?: RegExp
}

/** Returns the value of a setting. Without a set variable: its fallback, else undefined. Throws `ConfigError`. */
export function valueOf<T>(setting: Setting<T> & { fallback: T }, env: Environment): T
export function valueOf<T>(setting: Setting<T>, env: Environment): T | undefined
export function valueOf<T>(setting: Setting<T>, env: Environment): T | undefined {
  const name = setting.names.find((candidate) => isSet(env, candidate))
  if (name === undefined) return setting.fallback
  const text = env[name] ?? ''
  refuseUnlessLiteral(text, name)
  return setting.read(text, name)
}

/** Returns whether a variable has a value. A blank one counts as unset: clients pass on empty fields. */
export function isSet(env: Environment, name: string): boolean {
  return env[name] !== undefined && env[name].trim() !== ''
}
