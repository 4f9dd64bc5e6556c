import { categoryOfModel, type Operation } from '../../pricing/catalog.ts'
import type { BudgetLine } from '../../usage/budgets.ts'
import type { UsageOverview } from '../../usage/overview.ts'
import { activityTable } from './activity.ts'
import { budgets } from './budgets.ts'
import { cards } from './cards.ts'
import { chart } from './chart.ts'
import { html, type Html } from './html.ts'
import { modeBadge } from './brand.ts'

/** What checkUsage answers, as the page shows it. */
export function overview(now: UsageOverview): Html {
  const { balance, usage, recent } = now
  const charges = recent.filter(({ type }) => type === 'generation')
  const today = new Date(Date.parse(now.day.resetsAt) - 1).toISOString().slice(0, 10)
  return html`<h1>Usage ${modeBadge(now.mode)}</h1>
    ${cards({
      available: balance.available.micro,
      held: balance.held.micro,
      used: Math.round(now.totalCreditsUsed * 1_000_000),
      lowBalance: now.lowBalance,
    })}
    ${
      usage.daily !== undefined &&
      chart(
        usage.daily.map(({ date, count, cost }) => ({ date, count, cost: cost.micro })),
        usage.to === today ? undefined : `${usage.from} to ${usage.to}`,
      )
    }
    ${budgets(lines(now))}
    <section class="panel" aria-labelledby="recent-title">
      <header class="panel-head"><h2 id="recent-title">Recent Activity</h2></header>
      ${
        charges.length === 0
          ? html`<p class="empty">Nothing was spent yet.</p>`
          : activityTable(
              charges.map((charge) => ({
                id: charge.id,
                at: Date.parse(charge.createdAt),
                operation: charge.operation as Operation | null,
                model: charge.model,
                cost: charge.cost.micro,
                billing: charge.billing,
                status: charge.status as 'completed',
                category: categoryOfModel(charge.model),
                about: null,
              })),
            )
      }
    </section>`
}

/** The budgets of the session that asked, of the day and of the month. */
function lines({ session, day, month }: UsageOverview): BudgetLine[] {
  const line = (
    label: string,
    { limit, remaining }: typeof session | typeof day,
    used: number,
  ): BudgetLine => ({
    label,
    limit: limit?.micro ?? null,
    remaining: remaining?.micro ?? null,
    spent: used,
    held: 0,
  })
  return [
    line('This session', session, session.spent.micro + session.held.micro),
    line('Today', day, day.used.micro),
    line('This month', month, month.used.micro),
  ]
}
