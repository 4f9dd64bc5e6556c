import { loadConfig, type Config, type LogLevel } from '../config.ts'

/** Reads the settings of this process and prints warnings about ignored ones on stderr. Throws `ConfigError`. */
export function configure(logLevel: LogLevel): Config {
  const config = loadConfig(undefined, logLevel)
  for (const warning of config.warnings) process.stderr.write(`inkwell: ${warning}\n`)
  return config
}
