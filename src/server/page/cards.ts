import { CREDIT, display } from '../../money.ts'
import { html, type Html } from './html.ts'

/** What the cards tell, in micro-dollars: `used` in this UTC month. */
export type Cards = { available: number; held: number; used: number; lowBalance: boolean }

/** Part of the allocation that is used, in whole percent; 0 where there is none. */
export function usageRate({ available, used }: Pick<Cards, 'available' | 'used'>): number {
  const allocated = available + used
  return allocated === 0 ? 0 : Math.round((used / allocated) * 100)
}

/** The three cards: what is left, what this month took, and how the one stands to the other. */
export function cards(now: Cards): Html {
  const rate = usageRate(now)
  return html`<section class="cards" id="cards" data-live aria-label="Credits">
    <div class="card">
      <h2>Available Credits</h2>
      <p class="figure">${display(now.available)}</p>
      <p class="note">
        ${now.held > 0 ? html`${display(now.held)} more is held for work in hand` : `1 credit is ${display(CREDIT)}`}
      </p>
      ${now.lowBalance && html`<p class="warning">Low balance</p>`}
    </div>
    <div class="card">
      <h2>Total Used</h2>
      <p class="figure">${display(now.used)}</p>
      <p class="note">this month, since the 1st (UTC)</p>
    </div>
    <div class="card">
      <h2>Usage Rate</h2>
      <p class="figure">${rate}%</p>
      <progress max="100" value="${rate}" aria-label="Usage rate">${rate}%</progress>
      <p class="note">${display(now.used)} of ${display(now.used + now.available)}</p>
    </div>
  </section>`
}
