import { loadConfig, type Config, type LogLevel } from '../config.ts'
import { traceOfLostLedger } from '../db/lost-ledger.ts'
import { ConfigError } from '../errors.ts'

/**
 * Reads the settings of this process and prints warnings about ignored ones on stderr. Throws `ConfigError`, also where
 * the ledger file is gone and something shows that there was one.
 */
export function configure(logLevel: LogLevel): Config {
  const config = loadConfig(undefined, logLevel)
  for (const warning of config.warnings) process.stderr.write(`inkwell: ${warning}\n`)
  const { database, home } = config
  if (database.engine === 'sqlite') assertNotLost(database.file, home)
  return config
}

function assertNotLost(file: string, home: string): void {
  const trace = traceOfLostLedger(file, home)
  if (trace === null) return
  throw new ConfigError(
    `The ledger file ${file} is missing or empty, but ${trace} are still there. Put the file back, with its -wal file. ` +
      'If it is lost, `inkwell ledger init --force` begins a new ledger, and `inkwell ledger import <file>` fills it from an export.',
  )
}
