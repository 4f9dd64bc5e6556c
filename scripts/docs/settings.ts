import type { Setting } from '../../src/config/setting.ts'
import { SETTINGS } from '../../src/config/settings.ts'
import { code, table, valueCode } from './markdown.ts'

const BEGIN = '<!-- The settings of src/config/settings.ts, written by npm run docs. -->'
const END = '<!-- End of the settings. -->'

/** A page with the table of settings in its place. Throws where it has none. */
export function withSettings(page: string): string {
  const [before, rest = ''] = page.split(BEGIN)
  const [, after] = rest.split(END)
  if (after === undefined) throw new Error('the page has no place for the settings')
  return [before?.trim(), BEGIN, settingsTable(), END, after.trim()].join('\n\n')
}

function settingsTable(): string {
  const rows = Object.values(SETTINGS).map((setting: Setting<unknown>) => {
    const { names, means, fallback, otherwise } = setting
    const [name, ...aliases] = names
    return [
      `${code(name)}${aliases.map((alias) => ` (or ${code(alias)})`).join('')}`,
      setting.isSecret ? `${means} (a secret)` : means,
      otherwise ?? (fallback === undefined ? 'none' : valueCode(fallback)),
    ]
  })
  return table(['variable', 'meaning', 'default'], rows)
}
