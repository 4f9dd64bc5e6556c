import { display, displayCents } from '../../money.ts'
import {
  BONUS_FROM,
  BONUS_PERCENT,
  PURCHASE_MAX,
  PURCHASE_MIN,
  PURCHASE_OFFERS,
  PURCHASE_USUAL,
} from '../../pricing/purchases.ts'
import { html, type Html } from './html.ts'
import { panel } from './panel.ts'
import { table, timeCell } from './table.ts'

/** A purchase. `at` is Unix time in milliseconds, the amounts are in micro-USD. */
type Purchase = { at: number; amount: number; credits: number; status: string }

/** The purchases of an account, or null if the server has no payment service. */
export type Purchases = { latest: readonly Purchase[]; mayBuy: boolean } | null

/** Renders the form that starts a purchase. It is not live, because an update must not change what a person types. */
export function buyPanel(purchases: Purchases, csrf: string): Html {
  return panel({ id: 'buy', title: 'Buy credits', isLive: false }, buyForm(purchases, csrf))
}

function buyForm(purchases: Purchases, csrf: string): Html {
  if (purchases === null)
    return html`<p class="empty">
      No payment service is configured on this server, so that nothing can be bought here.
    </p>`
  if (!purchases.mayBuy)
    return html`<p class="empty">This API key lacks the scope <code>credits:buy</code>.</p>`
  return html`<form method="post" action="/page/buy" class="stack">
    <input type="hidden" name="csrf" value="${csrf}" />
    <label
      >Amount in US dollars<input
        name="amount"
        type="number"
        min="${PURCHASE_MIN / 100}"
        max="${PURCHASE_MAX / 100}"
        step="0.01"
        value="${PURCHASE_USUAL / 100}"
        inputmode="decimal"
        list="amounts"
        required
    /></label>
    <datalist id="amounts">
      ${PURCHASE_OFFERS.map((cents) => html`<option value="${cents / 100}"></option>`)}
    </datalist>
    <button type="submit">Buy credits</button>
    <p class="note">
      From ${displayCents(PURCHASE_MIN)}. ${BONUS_PERCENT}% more credits from
      ${displayCents(BONUS_FROM)} on. You pay on the next page.
    </p>
  </form>`
}

/** Renders the latest purchases, newest first. */
export function purchasesPanel(purchases: Purchases): Html {
  const latest = purchases?.latest ?? []
  return panel(
    { id: 'purchases', title: 'Purchases' },
    latest.length === 0
      ? html`<p class="empty">No purchases yet.</p>`
      : table(
          [
            { label: 'Date' },
            { label: 'Paid', kind: 'number' },
            { label: 'Credits', kind: 'number' },
            { label: 'Status' },
          ],
          latest.map(row),
        ),
  )
}

function row({ at, amount, credits, status }: Purchase): Html {
  return html`<tr>
    ${timeCell(at)}
    <td class="number">${display(amount)}</td>
    <td class="number">${display(credits)}</td>
    <td>${status.replaceAll('_', ' ')}</td>
  </tr>`
}
