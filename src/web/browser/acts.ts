import type { ViewMeta } from '../../usage/overview.ts'
import type { Actions } from '../views/compact.ts'
import { html, type Html } from '../views/html.ts'
import type { Host } from './bridge.ts'

/** Returns what a person can do: the host may not open links or call tools. */
export function actionsOf({ opensLinks, mayCallTools }: Host, meta: ViewMeta | undefined): Actions {
  const hasPage = opensLinks && typeof meta?.usagePage === 'string'
  const mayBuy = opensLinks && typeof meta?.buyUsd === 'number'
  return { opensPage: hasPage, buys: mayBuy && (hasPage || mayCallTools) }
}

/** Asks the host for more or less room. A host without full screens shows all of it in place. Returns whether to show all. */
export async function showIn(host: Host, mode: 'inline' | 'fullscreen'): Promise<boolean> {
  const { availableDisplayModes = [], displayMode } = host.context
  const isOffered = availableDisplayModes.includes(mode) && displayMode !== undefined
  if (isOffered)
    host.context.displayMode = await host.requestDisplayMode(mode).catch(() => displayMode)
  return mode === 'fullscreen'
}

/** Opens the form of the usage page, or without one the payment page of a new purchase. */
export async function buy(host: Host, meta: ViewMeta | undefined): Promise<void> {
  if (meta?.usagePage) return openPage(host, new URL('buy', meta.usagePage).href)
  const bought = await host
    .callTool('buyCredits', { amountUsd: meta?.buyUsd })
    .catch(() => undefined)
  const { checkout } = (bought?.structuredContent ?? {}) as { checkout?: { url?: string } }
  if (checkout?.url) return openPage(host, checkout.url)
  tell(
    html`<p class="alert" role="alert">
      ${bought?.content?.[0]?.text ?? 'The purchase could not be started.'}
    </p>`,
  )
}

/** Opens a page through the host. If it refuses, the address is shown. */
export async function openPage(host: Host, url: string | null | undefined): Promise<void> {
  if (!url) return
  await host.openLink(url).catch(() => tell(html`<p class="note link" role="status">${url}</p>`))
}

/** Shows a message below the buttons. */
function tell(message: Html): void {
  const view = document.querySelector('#view')
  view?.querySelector('.told')?.remove()
  view?.insertAdjacentHTML('beforeend', html`<div class="told">${message}</div>`.html)
}
