import { display } from '../../money.ts'
import type { BudgetLine } from '../../usage/budgets.ts'
import { html, type Html } from './html.ts'
import { panel } from './panel.ts'

/** A budget by its name. `used` counts what is held. In micro-dollars; null where there is no limit. */
export type Budget = Pick<BudgetLine, 'label' | 'limit' | 'remaining'> & { used: number }

/** Every budget with what is left of it. */
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
