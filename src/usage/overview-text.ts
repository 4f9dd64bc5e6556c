import { display } from '../money.ts'
import type { UsageOverview } from './overview.ts'

/** Limit of the lines of each list. */
const LINES_MAX = 10

/** Returns the overview as text, complete enough for a model that does not see the structured result. */
export function usageText(overview: UsageOverview): string {
  const { usage, recent, states } = overview
  return [
    balanceText(overview),
    ...states.map(({ text }) => text),
    ...budgetTexts(overview),
    `${usage.from} to ${usage.to}: ${counted(usage.generationCount)} for ${usage.totalCost.display}.`,
    ...list(usage.byModel, ({ model, count, cost }) => `${model}: ${count} for ${cost.display}`),
    ...list(
      (usage.daily ?? []).filter(({ count }) => count > 0).toReversed(),
      ({ date, count, cost }) => `${date}: ${counted(count)} for ${cost.display}`,
    ),
    ...(recent.length === 0 ? [] : ['Recent, newest first:', ...recent.map(recentText)]),
  ].join('\n')
}

function balanceText({ mode, balance }: UsageOverview): string {
  const test = mode === 'test' ? ' of test credits (no paid model runs in test mode)' : ''
  const held =
    balance.held.micro > 0 ? `, ${balance.held.display} more is held for work in hand` : ''
  return `Balance: ${balance.available.display}${test}${held}.`
}

function budgetTexts({ session, day, month }: UsageOverview): string[] {
  const spent = session.spent.display
  return [
    session.limit === null
      ? `This session has spent ${spent} and has no budget.`
      : `This session has spent ${spent} of its ${session.limit.display}; ${session.remaining?.display} is left.`,
    ...Object.entries({ Today: day, 'This month': month }).flatMap(([name, period]) =>
      period.limit === null
        ? []
        : [
            `${name}: ${period.used.display} of ${period.limit.display}; ${period.remaining?.display} is left until ${period.resetsAt}.`,
          ],
    ),
  ]
}

function recentText({
  id,
  type,
  operation,
  model,
  cost,
  billing,
  status,
  createdAt,
}: UsageOverview['recent'][number]): string {
  const amount = cost.micro < 0 ? `+${display(-cost.micro)}` : cost.display
  return [
    `- ${createdAt.replace(/:\d\d\.\d+Z$/, 'Z')}`,
    operation ?? type,
    model,
    amount,
    billing === 'own_key' ? 'on your own key' : null,
    status === 'completed' ? null : status,
    id,
  ]
    .filter((part) => part !== null)
    .join(' ')
}

function counted(count: number): string {
  return `${count} ${count === 1 ? 'generation' : 'generations'}`
}

function list<T>(rows: readonly T[], text: (row: T) => string): string[] {
  const more = rows.length - LINES_MAX
  return [
    ...rows.slice(0, LINES_MAX).map((row) => `- ${text(row)}`),
    ...(more > 0 ? [`- and ${more} more`] : []),
  ]
}
