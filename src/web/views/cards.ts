import { CREDIT, display } from '../../money.ts'
import { html, type Html } from './html.ts'

/** The numbers of the cards, in micro-USD. `used` is the usage of this UTC month, or null if it is unknown. */
export type Balance = { available: number; held: number; used: number | null; lowBalance: boolean }

/** Renders three cards: available credits, usage of this month, and usage rate. Without `used` only the first. */
export function cards({ available, held, used, lowBalance }: Balance): Html {
  return html`<section class="cards" id="cards" data-live aria-label="Credits">
    <div class="card">
      <h2>Available Credits</h2>
      <p class="figure">${display(available)}</p>
      <p class="note">
        ${held > 0 ? html`${display(held)} more is held for work in hand` : `1 credit is ${display(CREDIT)}`}
      </p>
      ${lowBalance && html`<p class="warning">Low balance</p>`}
    </div>
    ${used !== null && usedCards(used, available)}
  </section>`
}

function usedCards(used: number, available: number): Html {
  const allocated = used + available
  const rate = allocated === 0 ? 0 : Math.round((used / allocated) * 100)
  return html`<div class="card">
      <h2>Total Used</h2>
      <p class="figure">${display(used)}</p>
      <p class="note">this month, since the 1st (UTC)</p>
    </div>
    <div class="card">
      <h2>Usage Rate</h2>
      <p class="figure">${rate}%</p>
      <progress max="100" value="${rate}" aria-label="Usage rate">${rate}%</progress>
      <p class="note">${display(used)} of ${display(allocated)}</p>
    </div>`
}
