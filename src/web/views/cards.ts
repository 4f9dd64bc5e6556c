import { display } from '../../money.ts'
import { html, type Html } from './html.ts'

/** The numbers of the cards, in micro-dollars. `used` is what this UTC month took. */
export type Balance = { available: number; held: number; used: number; lowBalance: boolean }

/** Used credits as a part of used and available ones, in whole percent; 0 where there are none. */
export function usageRate({ available, used }: Pick<Balance, 'available' | 'used'>): number {
  const allocated = available + used
  return allocated === 0 ? 0 : Math.round((used / allocated) * 100)
}

/** The three cards: what is left, what this month took, and the usage rate. */
export function cards(balance: Balance): Html {
  const { available, held, used, lowBalance } = balance
  const rate = usageRate(balance)
  return html`<section class="cards" id="cards" data-live aria-label="Credits">
    <div class="card">
      <h2>Available Credits</h2>
      <p class="figure">${display(available)}</p>
      <p class="note">
        ${held > 0 ? html`${display(held)} more is held for work in hand` : '1 credit is $1.00'}
      </p>
      ${lowBalance && html`<p class="warning">Low balance: below $1.00</p>`}
    </div>
    <div class="card">
      <h2>Total Used</h2>
      <p class="figure">${display(used)}</p>
      <p class="note">this month, since the 1st (UTC)</p>
    </div>
    <div class="card">
      <h2>Usage Rate</h2>
      <p class="figure">${rate}%</p>
      <progress max="100" value="${rate}" aria-label="Usage rate">${rate}%</progress>
      <p class="note">${display(used)} of ${display(used + available)}</p>
    </div>
  </section>`
}
