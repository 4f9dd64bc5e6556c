import type { Mode } from '../../mode.ts'
import { html, type Html } from './html.ts'

/** The logo: a drop of ink. */
export const MARK = html`<svg class="mark" viewBox="0 0 24 24" aria-hidden="true">
  <path d="M12 2.2c3.7 4.6 6.2 8 6.2 11.6a6.2 6.2 0 0 1-12.4 0C5.8 10.2 8.3 6.8 12 2.2Z" />
  <path class="glint" d="M9 14.2a3 3 0 0 0 3 3" />
</svg>`

/** Logo and name, with the badge of test mode. */
export function brand(mode: Mode): Html {
  return html`<p class="brand">${MARK}<span>Inkwell</span> ${modeBadge(mode)}</p>`
}

/** Renders the badge of test mode, in which no real money is spent. Empty in live mode. */
export function modeBadge(mode: Mode): Html {
  return html`${mode === 'test' && html`<span class="badge" title="No paid model runs in test mode">Test mode</span>`}`
}
