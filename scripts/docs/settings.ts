import type { Setting } from '../../src/config/setting.ts'
import { SETTINGS } from '../../src/config/settings.ts'
import { code, table, valueCode } from './markdown.ts'

const ALL: readonly Setting<unknown>[] = Object.values(SETTINGS)

const ENV_HEAD = `# The settings of Inkwell, written by npm run docs from src/config/settings.ts.
# None is needed: without any, Inkwell runs in test mode, without a key or a network.
# For a start: INKWELL_MAX_USD_PER_RUN caps what a session may spend, FAL_KEY makes real images.
# Inkwell reads no file by itself. Copy this one to .env, set what you need, and name it where you start a server:
#   node --env-file=.env src/cli/cli.ts serve
# EnvironmentFile= of systemd and --env-file of containers take it as well. An MCP client has the same names in "env".`

/** The README's table of settings. */
export function settingsTable(): string {
  const rows = ALL.map((setting) => {
    const [name, ...aliases] = setting.names
    return [
      `${code(name)}${aliases.map((alias) => ` (or ${code(alias)})`).join('')}`,
      setting.isSecret ? `${setting.means} (a secret)` : setting.means,
      defaultOf(setting),
    ]
  })
  return table(['variable', 'meaning', 'default'], rows)
}

/** `.env.example`: every setting, commented out, with what it means and its default. */
export function envExample(): string {
  const entries = ALL.map((setting) => {
    const { names, means, isSecret } = setting
    const secret = isSecret ? 'a secret; ' : ''
    const about = `# ${means} (${secret}default: ${defaultOf(setting)})`
    return `${about.replaceAll('`', '')}\n# ${names[0]}=`
  })
  return `${[ENV_HEAD, ...entries].join('\n\n')}\n`
}

function defaultOf({ fallback, otherwise }: Setting<unknown>): string {
  return otherwise ?? (fallback === undefined ? 'none' : valueCode(fallback))
}
