import { loadConfig } from '../../src/config.ts'
import { ConfigError } from '../../src/errors.ts'

/** The sentence by which these settings stop a start; empty where they are taken. */
export function refusalOf(env: Record<string, string>): string {
  try {
    loadConfig(env)
    return ''
  } catch (error) {
    if (error instanceof ConfigError) return error.message
    throw error
  }
}
