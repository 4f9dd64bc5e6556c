import { CREDIT } from '../../money.ts'
import { exactly, exactNote, rounded } from './format.ts'
import { html, type Html } from './html.ts'

/** The numbers of the cards, in micro-USD. */
export type Balance = {
  available: number
  held: number
  /** Spent in this UTC month, or what a filter asks for; null if it is unknown. */
  used: number | null
  lowBalance: boolean
  /** How long the available credits last at the latest pace, in days; null if it is unknown. */
  lastsDays?: number | null
  /** What `used` is the sum of. */
  usedWords?: string
  /** All that was used in the same days, if `used` is only a part of it. */
  usedInAll?: number | null
}

/** Longest time that is told in days. */
const DAYS_TOLD_MAX = 365

/** Renders three cards: available credits, used credits, and usage rate. Without `used` only the first. */
export function cards(balance: Balance): Html {
  const { available, held, used, lowBalance, lastsDays = null } = balance
  const notes = [
    exactNote(available, 'balance'),
    held > 0 ? `${exactly(held)} more is held for work in hand` : '',
    lastsDays === null || available <= 0 ? '' : pace(lastsDays),
  ].filter(Boolean)
  return html`<section class="cards" id="cards" data-live aria-label="Credits">
    <div class="card">
      <h2>Available Credits</h2>
      <p class="figure">${rounded(available, 'balance')}</p>
      ${notes.length === 0 ? html`<p class="note">1 credit is ${exactly(CREDIT)}</p>` : notes.map((note) => html`<p class="note">${note}</p>`)}
      ${lowBalance && html`<p class="warning">Low balance</p>`}
    </div>
    ${used !== null && usedCards({ ...balance, used })}
  </section>`
}

/** How long the credits last, in words. Half a day and more is rounded to days. */
function pace(days: number): string {
  if (days > DAYS_TOLD_MAX) return 'Lasts more than a year at this pace'
  if (days < 1) return 'Lasts less than a day at this pace'
  const whole = Math.round(days)
  return `Lasts about ${whole} ${whole === 1 ? 'day' : 'days'} at this pace`
}

function usedCards({
  used,
  available,
  usedWords = 'this month, since the 1st (UTC)',
  usedInAll = null,
}: Balance & { used: number }): Html {
  const whole = usedInAll ?? used + available
  const rate = whole === 0 ? 0 : Math.round((used / whole) * 100)
  const name = usedInAll === null ? 'Usage Rate' : 'Share of Usage'
  return html`<div class="card">
      <h2>Total Used</h2>
      <p class="figure">${rounded(used)}</p>
      <p class="note">${usedWords}</p>
      ${exactNote(used) && html`<p class="note">${exactNote(used)}</p>`}
    </div>
    <div class="card">
      <h2>${name}</h2>
      <p class="figure">${rate}%</p>
      <progress max="100" value="${rate}" aria-label="${name}">${rate}%</progress>
      <p class="note">
        ${rounded(used)} of
        ${rounded(whole)}${usedInAll === null ? ' used or available' : ' used in these days'}
      </p>
    </div>`
}
