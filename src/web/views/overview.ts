import { categoryOfModel } from '../../pricing/catalog.ts'
import { nextDay } from '../../usage/days.ts'
import type { UsageOverview, ViewMeta } from '../../usage/overview.ts'
import { activityTable, type Charge } from './activity.ts'
import { modeBadge } from './brand.ts'
import { budgetsPanel, type Budget } from './budgets.ts'
import { cards } from './cards.ts'
import { chart } from './chart.ts'
import { html, type Html } from './html.ts'
import { stateBanners } from './states.ts'
import { panel } from './panel.ts'

/** Renders the result of checkUsage for a person. `meta` is optional because some hosts do not pass on `_meta`. */
export function overview(result: UsageOverview, meta?: ViewMeta): Html {
  const { balance, usage, recent, day, lowBalance } = result
  const daily = usage.daily ?? meta?.daily
  const charges = chargesOf(recent, meta)
  const endsToday = nextDay(Date.parse(usage.to)) === day.resetsAt
  return html`<h1>Usage ${modeBadge(result.mode)}</h1>
    ${stateBanners(meta?.states ?? [], null)}
    ${cards({
      available: balance.available.micro,
      held: balance.held.micro,
      used: meta?.used ?? null,
      lowBalance,
    })}
    ${
      daily !== undefined &&
      chart(
        daily.map(({ date, count, cost }) => ({ date, count, cost: cost.micro })),
        endsToday ? undefined : `${usage.from} to ${usage.to}`,
      )
    }
    ${budgetsPanel(budgetsOf(result))}
    ${panel(
      { id: 'activity', title: 'Recent Activity' },
      charges.length === 0
        ? html`<p class="empty">Nothing was spent yet.</p>`
        : activityTable(charges),
    )}`
}

/** Returns the charges of a result, newest first, with what they were about. */
export function chargesOf(recent: UsageOverview['recent'], meta?: ViewMeta): Charge[] {
  return recent
    .filter(({ type }) => type === 'generation')
    .map(({ id, createdAt, cost, model, ...charge }) => ({
      ...charge,
      model,
      at: Date.parse(createdAt),
      cost: cost.micro,
      category: categoryOfModel(model),
      about: meta?.about?.[id] || null,
    }))
}

/** Returns the budgets of the current session, of the day and of the month. */
export function budgetsOf({ session, day, month }: UsageOverview): Budget[] {
  const sessionUsed = session.spent.micro + session.held.micro
  return [
    { label: 'This session', ...session, used: sessionUsed },
    { label: 'Today', ...day, used: day.used.micro },
    { label: 'This month', ...month, used: month.used.micro },
  ].map(({ label, limit, remaining, used }) => {
    return { label, limit: limit?.micro ?? null, remaining: remaining?.micro ?? null, used }
  })
}
