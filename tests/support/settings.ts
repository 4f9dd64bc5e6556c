import { loadConfig } from '../../src/config.ts'
import { ConfigError } from '../../src/errors.ts'

/** The sentence by which these settings stop a start. Throws where they are taken. */
export function refusalOf(env: Record<string, string>): string {
  try {
    loadConfig(env)
  } catch (error) {
    if (error instanceof ConfigError) return error.message
    throw error
  }
  throw new Error('the settings were taken')
}
