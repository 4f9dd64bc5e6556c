import type { BudgetLine } from '../../usage/budgets.ts'
import { exactly } from './format.ts'
import { html, type Html } from './html.ts'
import { panel } from './panel.ts'

/** A budget in micro-USD. `used` includes held amounts. `limit` and `remaining` are null if there is no limit. */
export type Budget = Pick<BudgetLine, 'label' | 'limit' | 'remaining'> & {
  used: number
  /** The part of `used` that was refunded: a refund does not lower a budget. */
  refunded?: number
}

/** Renders all budgets with the remaining amounts. */
export function budgetsPanel(budgets: readonly Budget[]): Html {
  return panel(
    { id: 'budgets', title: 'Budgets' },
    html`<ul class="budgets">
      ${budgets.map(item)}
    </ul>`,
  )
}

function item({ label, limit, used, remaining, refunded = 0 }: Budget): Html {
  const incl = refunded > 0 && `, incl. ${exactly(refunded)} refunded`
  const name = html`<span class="budget-name">${label}</span>`
  if (limit === null || remaining === null)
    return html`<li>
      ${name}<span class="amount">${exactly(used)}</span>
      <span class="note">no limit${incl}</span>
    </li>`
  return html`<li>
    ${name}<span class="amount">${exactly(remaining)} left</span>
    <progress max="${Math.max(limit, 1)}" value="${limit === 0 ? 1 : used}" aria-label="${label}">
      ${exactly(used)}
    </progress>
    <span class="note">${exactly(used)} of ${exactly(limit)} used${incl}</span>
  </li>`
}
