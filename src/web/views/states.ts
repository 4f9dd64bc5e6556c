import { wordsOf } from '../../usage/state-words.ts'
import type { State } from '../../usage/states.ts'
import { html, type Html } from './html.ts'

/** States that a purchase ends. */
const ENDED_BY_CREDITS: ReadonlySet<State['kind']> = new Set(['debt', 'out_of_credits', 'low'])

/** Renders what a person must know about the account, the most urgent first. `buy` leads to more credits. */
export function stateBanners(states: readonly State[], buy: Html | null): Html {
  return html`<section
    class="states"
    id="states"
    data-live
    ${states.length === 0 && html`hidden`}
    aria-label="Notices"
  >
    ${states.map((state) => banner(state, buy))}
  </section>`
}

function banner(state: State, buy: Html | null): Html {
  const { kind, stops, title, text, step } = wordsOf(state, 'person')
  return html`<div class="state ${stops ? 'stops' : 'warns'}">
    <p><strong>${title}</strong> ${text} ${step}</p>
    ${ENDED_BY_CREDITS.has(kind) && buy}
  </div>`
}
