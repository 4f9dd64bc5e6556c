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
import { timeOf } from './words.ts'

/** A purchase as a person reads it. Amounts in micro-dollars. */
export type Purchase = { at: number; amount: number; credits: number; status: string }

/** What can be bought here, or why nothing can. */
export type Shop = { open: true; purchases: readonly Purchase[]; mayBuy: boolean } | { open: false }

/** The form that starts a purchase. It stays as it is while the page updates. */
export function buy(shop: Shop, csrf: string): Html {
  return html`<section class="panel" id="buy" aria-labelledby="buy-title">
    <header class="panel-head"><h2 id="buy-title">Buy credits</h2></header>
    ${shop.open ? form(shop.mayBuy, csrf) : html`<p class="empty">No payment service is configured on this server, so that nothing can be bought here.</p>`}
  </section>`
}

function form(mayBuy: boolean, csrf: string): Html {
  if (!mayBuy)
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
        list="offers"
        required
    /></label>
    <datalist id="offers">
      ${PURCHASE_OFFERS.map((cents) => html`<option value="${cents / 100}"></option>`)}
    </datalist>
    <button type="submit">Buy credits</button>
    <p class="note">
      From ${displayCents(PURCHASE_MIN)}. ${BONUS_PERCENT}% more credits from
      ${displayCents(BONUS_FROM)} on. You pay on the next page.
    </p>
  </form>`
}

/** What was bought, newest first. */
export function purchaseHistory(shop: Shop): Html {
  return html`<section class="panel" id="purchases" data-live aria-labelledby="purchases-title">
    <header class="panel-head"><h2 id="purchases-title">Purchases</h2></header>
    ${
      shop.open && shop.purchases.length > 0
        ? html`<table>
            <thead>
              <tr>
                <th scope="col">Date</th>
                <th scope="col" class="number">Paid</th>
                <th scope="col" class="number">Credits</th>
                <th scope="col">Status</th>
              </tr>
            </thead>
            <tbody>
              ${shop.purchases.map(row)}
            </tbody>
          </table>`
        : html`<p class="empty">No purchases yet.</p>`
    }
  </section>`
}

function row({ at, amount, credits, status }: Purchase): Html {
  return html`<tr>
    <td class="date">${timeOf(at)}</td>
    <td class="number">${display(amount)}</td>
    <td class="number">${display(credits)}</td>
    <td>${status.replaceAll('_', ' ')}</td>
  </tr>`
}
