import { display } from '../../money.ts'
import type { BudgetLine } from '../../usage/budgets.ts'
import { html, type Html } from './html.ts'

/** Every budget with how much of it is left. */
export function budgets(lines: readonly BudgetLine[]): Html {
  return html`<section class="panel" id="budgets" data-live aria-labelledby="budgets-title">
    <header class="panel-head"><h2 id="budgets-title">Budgets</h2></header>
    <ul class="budgets">
      ${lines.map(line)}
    </ul>
  </section>`
}

function line({ label, limit, spent, held, remaining }: BudgetLine): Html {
  const used = spent + held
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
