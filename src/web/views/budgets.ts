import { display } from '../../money.ts'
import type { BudgetLine } from '../../usage/budgets.ts'
import { html, type Html } from './html.ts'
import { panel } from './panel.ts'

/** A budget in micro-USD. `used` includes held amounts. `limit` and `remaining` are null if there is no limit. */
export type Budget = Pick<BudgetLine, 'label' | 'limit' | 'remaining'> & { used: number }

/** Renders all budgets with the remaining amounts. */
export function budgetsPanel(budgets: readonly Budget[]): Html {
  return panel(
    { id: 'budgets', title: 'Budgets' },
    html`<ul class="budgets">
      ${budgets.map(item)}
    </ul>`,
  )
}

function item({ label, limit, used, remaining }: Budget): Html {
  const name = html`<span class="budget-name">${label}</span>`
  if (limit === null || remaining === null)
    return html`<li>
      ${name}<span class="amount">${display(used)}</span>
      <span class="note">no limit</span>
    </li>`
  return html`<li>
    ${name}<span class="amount">${display(remaining)} left</span>
    <progress max="${Math.max(limit, 1)}" value="${limit === 0 ? 1 : used}" aria-label="${label}">
      ${display(used)}
    </progress>
    <span class="note">${display(used)} of ${display(limit)} used</span>
  </li>`
}
