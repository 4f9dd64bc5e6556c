import type { HostContext } from './bridge.ts'

/** Our colours and those of the host's, by their names in CSS. They are taken together or not at all. */
const COLOURS = {
  '--ground': '--color-background-primary',
  '--surface': '--color-background-primary',
  '--sunken': '--color-background-secondary',
  '--ink': '--color-text-primary',
  '--muted': '--color-text-secondary',
  '--line': '--color-border-secondary',
  '--line-strong': '--color-border-primary',
}

const OTHERS = {
  '--font': '--font-sans',
  '--mono': '--font-mono',
  '--radius': '--border-radius-lg',
  '--radius-small': '--border-radius-md',
}

/** Shows the view in the theme, colours and fonts of its host. What the host does not name stays. */
export function applyContext({ theme, styles }: HostContext): void {
  const root = document.documentElement
  if (theme !== undefined) root.dataset['theme'] = theme
  const given = styles?.variables ?? {}
  const hasAll = Object.values(COLOURS).every((name) => given[name])
  for (const [ours, theirs] of Object.entries({ ...(hasAll && COLOURS), ...OTHERS })) {
    const value = given[theirs]
    if (value) root.style.setProperty(ours, value)
  }
  const fonts = styles?.css?.fonts
  if (!fonts) return
  const sheet = document.querySelector('#fonts') ?? document.createElement('style')
  sheet.id = 'fonts'
  sheet.textContent = fonts
  document.head.prepend(sheet)
}
