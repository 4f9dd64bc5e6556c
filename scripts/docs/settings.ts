import type { Setting } from '../../src/config/setting.ts'
import { SETTINGS } from '../../src/config/settings.ts'
import { code, table, valueCode } from './markdown.ts'

/** Every setting with its default. */
export function settingsTable(): string {
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
