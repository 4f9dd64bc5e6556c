import { csrfField } from './csrf.ts'
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
type Purchase = {
  /** The id of its checkout; null if the payment service has not given one yet. */
  checkoutId: string | null
  at: number
  amount: number
  credits: number
  takenBack: number
  status: string
  receiptUrl: string | null
}

/** The purchases of an account, or null if the server has no payment service. */
export type Purchases = { latest: readonly Purchase[]; mayBuy: boolean } | null

/** Why a purchase was refused, and the amount that was typed. */
export type BuyProblem = { message: string; hint: string; value: string }

/** Renders the form that starts a purchase. It is not live, because an update must not change what a person types. */
export function buyPanel(
  purchases: Purchases,
  csrf: string,
  problem: BuyProblem | null = null,
): Html {
  return panel(
    { id: 'buy', title: 'Buy credits', isLive: false },
    buyForm(purchases, csrf, problem),
  )
}

function buyForm(purchases: Purchases, csrf: string, problem: BuyProblem | null): Html {
  if (purchases === null)
    return html`<p class="empty">
      No payment service is configured on this server, so that nothing can be bought here.
    </p>`
  if (!purchases.mayBuy)
    return html`<p class="empty">The key that signed in may not buy (credits:buy).</p>`
  return html`<form method="post" action="/page/buy" class="stack">
    ${csrfField(csrf)}
    <label
      >Amount in US dollars<input
        name="amount"
        type="number"
        min="${PURCHASE_MIN / 100}"
        max="${PURCHASE_MAX / 100}"
        step="0.01"
        value="${problem?.value ?? PURCHASE_USUAL / 100}"
        inputmode="decimal"
        list="amounts"
        required
        ${problem !== null && html`aria-invalid="true" aria-describedby="buy-problem" autofocus`}
    /></label>
    ${
      problem !== null &&
      html`<p class="field-problem" id="buy-problem">
        <strong>${problem.message}</strong> ${problem.hint}
      </p>`
    }
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

/** Renders the latest purchases, newest first. A pending one can be continued and cancelled. */
export function purchasesPanel(purchases: Purchases, csrf: string): Html {
  const latest = purchases?.latest ?? []
  const mayBuy = purchases?.mayBuy === true
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
          latest.flatMap((purchase) => [row(purchase), more(purchase, mayBuy ? csrf : null)]),
        ),
  )
}

function row({ at, amount, credits, status }: Purchase): Html {
  return html`<tr class="purchase">
    ${timeCell(at)}
    <td class="number">${display(amount)}</td>
    <td class="number">${display(credits)}</td>
    <td>${status.replaceAll('_', ' ')}</td>
  </tr>`
}

/** The second line of a purchase: what can be done with it, and its id. */
function more({ checkoutId, status, takenBack, receiptUrl }: Purchase, csrf: string | null): Html {
  const isOpen = status === 'pending' && checkoutId !== null && csrf !== null
  return html`<tr class="purchase-more">
    <td colspan="4">
      ${takenBack > 0 && html`<p class="note">${display(takenBack)} of its credits taken back</p>`}
      ${
        isOpen &&
        html`<div class="purchase-acts">
          <a class="button quiet" href="/page/purchases/${checkoutId}">Continue</a>
          <form method="post" action="/page/purchases/${checkoutId}/cancel">
            ${csrfField(csrf)}
            <button class="quiet" type="submit">Cancel</button>
          </form>
        </div>`
      }
      ${receiptUrl !== null && html`<a class="receipt" href="${receiptUrl}" target="_blank" rel="noopener noreferrer">Receipt</a>`}
      ${checkoutId !== null && html`<code class="note">${checkoutId}</code>`}
    </td>
  </tr>`
}
