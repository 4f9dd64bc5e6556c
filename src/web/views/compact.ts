import { wordsOf } from '../../usage/state-words.ts'
import type { State } from '../../usage/states.ts'
import type { UsageOverview, ViewMeta } from '../../usage/overview.ts'
import type { Charge } from './activity.ts'
import { modeBadge } from './brand.ts'
import type { Budget } from './budgets.ts'
import { counted, creditsOf, exactly, modelName, percent, rounded, timeOf } from './format.ts'
import { html, type Html } from './html.ts'
import { budgetsOf, chargesOf } from './overview.ts'

const LATEST = 3
/** Minimum height of a bar that is not zero, in percent. */
const BAR_MIN = 6

/** What a person can do from here: the host may not open links or call tools. */
export type Actions = { opensPage: boolean; buys: boolean }

/** Renders the result of checkUsage for a few lines of a chat: balance, binding budget, days, the latest work. */
export function compact(result: UsageOverview, meta: ViewMeta | undefined, can: Actions): Html {
  const { balance, lowBalance, usage, recent } = result
  const [state] = meta?.states ?? []
  return html`<section class="compact" aria-label="Usage">
    <header>
      <h1>Credits ${modeBadge(result.mode)}</h1>
      ${lowBalance && state === undefined && html`<span class="warning">Low balance</span>`}
    </header>
    ${state !== undefined && notice(state)}
    <div class="now">
      <p class="figure">${rounded(balance.available.micro, 'balance')}</p>
      <p class="note">
        available${balance.held.micro > 0 && html`, ${exactly(balance.held.micro)} held`}
      </p>
    </div>
    <div class="bound">${binding(budgetsOf(result))}</div>
    ${sparkline(usage.daily ?? meta?.daily ?? [])}
    ${latest(chargesOf(recent, meta).slice(0, LATEST))} ${buttons(can, 'Show all')}
  </section>`
}

/** The most urgent state. The others are in the full view. */
function notice(state: State): Html {
  const { stops, title, text } = wordsOf(state, 'person')
  return html`<p class="state ${stops ? 'stops' : 'warns'}" role="status">
    <span class="said"><strong>${title}</strong> ${text}</span>
  </p>`
}

/** Renders the buttons below the view. */
export function buttons({ opensPage, buys }: Actions, toggle: string): Html {
  return html`<p class="actions">
    <button class="quiet" data-act="toggle">${toggle}</button>
    ${opensPage && html`<button class="quiet" data-act="page">Open usage page</button>`}
    ${buys && html`<button data-act="buy">Buy credits</button>`}
  </p>`
}

/** Renders the budget with the least left: it stops the work first. */
function binding(budgets: readonly Budget[]): Html {
  const limited = budgets.flatMap((budget) => {
    const { limit, remaining } = budget
    return limit === null || remaining === null ? [] : [{ ...budget, limit, remaining }]
  })
  const [least] = limited.toSorted((a, b) => a.remaining - b.remaining)
  if (least === undefined)
    return html`<p>No budget is set</p>
      <p class="note">Only the balance limits the work</p>`
  const { label, limit, used, remaining } = least
  return html`<p>${label}: <strong>${exactly(remaining)} left</strong></p>
    <progress max="${Math.max(limit, 1)}" value="${limit === 0 ? 1 : used}" aria-label="${label}">
      ${exactly(used)}
    </progress>
    <p class="note">${exactly(used)} of ${exactly(limit)} used</p>`
}

function sparkline(days: NonNullable<UsageOverview['usage']['daily']>): Html | null {
  if (days.length === 0) return null
  const total = days.reduce((sum, { cost }) => sum + cost.micro, 0)
  const most = days.reduce((found, { cost }) => Math.max(found, cost.micro), 0)
  const step = 100 / days.length
  const says = `${exactly(total)} in ${counted(days.length, 'day')}`
  return html`<figure class="spark">
    <svg class="bars" role="img" aria-label="Usage by day: ${says}">
      ${days.map(({ cost }, place) => {
        const height = cost.micro === 0 ? 0 : Math.max(BAR_MIN, (cost.micro / most) * 100)
        return html`<rect
          class="bar"
          x="${percent(place * step + step / 8)}"
          y="${percent(100 - height)}"
          width="${percent((step * 3) / 4)}"
          height="${percent(height)}"
        />`
      })}
    </svg>
    <figcaption class="note">${says}</figcaption>
  </figure>`
}

function latest(charges: readonly Charge[]): Html {
  if (charges.length === 0) return html`<p class="empty">Nothing was spent yet.</p>`
  return html`<ul class="latest" aria-label="Latest work">
    ${charges.map(({ at, about, operation, model, cost, billing, status }) => {
      const credits = creditsOf(billing === 'own_key' ? 0 : cost)
      return html`<li>
        <bdi class="about-line">${about ?? modelName(model ?? operation ?? '')}</bdi>
        <span class="credits">${status === 'refunded' ? 'refunded' : credits}</span>
        <time class="note" datetime="${new Date(at).toISOString()}">${timeOf(at)}</time>
      </li>`
    })}
  </ul>`
}
