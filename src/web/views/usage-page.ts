import { csrfField } from './csrf.ts'
import { CREDIT, display } from '../../money.ts'
import type { UsagePage } from '../../usage/page.ts'
import { isNarrowed, PAGE_SIZES } from '../../usage/question.ts'
import { activityTable } from './activity.ts'
import { generationLink } from './activity-link.ts'
import { addressOf, PERIOD_DEFAULT, queryOf } from './address.ts'
import type { ListedAlert } from '../../alerts/outbox.ts'
import { alertBox, type Alert } from './alert.ts'
import { alertsPanel } from './alerts.ts'
import { approvalsRegion, type Approvals } from './approvals.ts'
import { brand } from './brand.ts'
import { budgetsPanel } from './budgets.ts'
import { cards } from './cards.ts'
import { connectionsPanel, type Connections } from './connections.ts'
import type { Page } from './document.ts'
import { failuresPanel } from './failures.ts'
import { recentFiles } from './files.ts'
import { rangeOfDays } from './format.ts'
import { html, type Html } from './html.ts'
import { jumpForm } from './jump.ts'
import { panel } from './panel.ts'
import { buyPanel, purchasesPanel, type BuyProblem, type Purchases } from './purchases.ts'
import { questionBar } from './question-bar.ts'
import { searchForm } from './search.ts'
import { stackedChart } from './stacked-chart.ts'
import { stateBanners } from './states.ts'

/** What the page needs in addition to the usage. */
export type Visit = {
  purchases: Purchases
  approvals: Approvals
  /** The newest alerts of the account. */
  alerts: readonly ListedAlert[]
  /** Undefined where clients cannot sign in by themselves. */
  connections: Connections | undefined
  /** Token that every form of this visitor sends. */
  csrf: string
  alert: Alert | null
  buyProblem: BuyProblem | null
}

const BUY = html`<a class="button quiet" href="#buy">Buy credits</a>`

/** Renders the usage page. */
export function usagePageView(usage: UsagePage, visit: Visit): Page {
  const { outputs, budgets, failures, question } = usage
  const body = html`<body>
    <a class="skip" href="#${question.filter.kind === 'failed' ? 'failures' : 'activity'}">
      Skip to the activity
    </a>
    ${header(usage, visit)}
    <main>
      <h1>Usage</h1>
      ${searchForm()} ${visit.alert && alertBox(visit.alert)}
      ${stateBanners(usage.states, visit.purchases?.mayBuy === true ? BUY : null)}
      ${approvalsRegion(visit.approvals, visit.csrf)} ${questionBar(usage)} ${pageCards(usage)}
      <div class="columns">
        <div class="column">
          ${stackedChart(usage)}${question.filter.kind !== 'failed' && activityPanel(usage)}
          ${failures && failuresPanel(failures, question)} ${recentFiles(outputs)}
        </div>
        <div class="column">
          ${buyPanel(visit.purchases, visit.csrf, visit.buyProblem)}
          ${budgetsPanel(budgets.map((line) => ({ ...line, used: line.spent + line.held })))}
          ${alertsPanel(visit.alerts)}
          ${visit.connections !== undefined && connectionsPanel(visit.connections, visit.csrf)}
          ${purchasesPanel(visit.purchases, visit.csrf)}
        </div>
      </div>
    </main>
    <footer><p class="note">All days and times are UTC. 1 credit is ${display(CREDIT)}.</p></footer>
  </body>`
  return { title: 'Usage', script: true, body }
}

function header({ account, mode }: UsagePage, { csrf, purchases }: Visit): Html {
  return html`<header class="top">
    ${brand(mode)}
    <p class="live" id="live" role="status" hidden></p>
    <button class="quiet" id="pause" type="button" hidden>Pause</button>
    <p class="account"><bdi>${account.name}</bdi></p>
    ${purchases?.mayBuy === true && html`<a class="button" href="#buy">Buy credits</a>`}
    <form method="post" action="/page/sign-out">
      ${csrfField(csrf)}
      <button class="quiet" type="submit">Sign out</button>
    </form>
  </header>`
}

/** Renders the cards. Until something is asked, what was used is that of this month. */
function pageCards(usage: UsagePage): Html {
  const { balance, lowBalance, dailyPace, question, spending, inAll } = usage
  const { filter, period, range } = question
  const isAsked = isNarrowed(filter) || period !== PERIOD_DEFAULT
  const isIncome = filter.kind !== undefined && filter.kind !== 'charges'
  return cards({
    ...balance,
    lowBalance,
    lastsDays: dailyPace === 0 ? null : balance.available / dailyPace,
    ...(isAsked && !isIncome
      ? {
          used: spending.total.cost,
          usedWords: `${rangeOfDays(range)}${isNarrowed(filter) ? ', as filtered' : ''}`,
          usedInAll: isNarrowed(filter) ? inAll.cost : null,
        }
      : { used: usage.used }),
  })
}

/** Renders the activity. Only its rows are live, so that an update changes nothing else. */
function activityPanel(usage: UsagePage): Html {
  const { question } = usage
  const month = addressOf({ ...question, filter: {} }, { days: PERIOD_DEFAULT }, 'activity')
  const aside = html`${jumpForm(question)}
    <p class="links">
      ${question.period !== PERIOD_DEFAULT && html`<a href="${month}">See last 30 days</a>`}
      <a href="/page/activity.csv?${queryOf(question)}" download>Download CSV</a>
    </p>`
  return panel(
    { id: 'activity', title: 'Recent Activity', aside, isLive: false },
    html`<div id="activity-rows" data-live>${rows(usage)}${pager(usage)}</div>`,
  )
}

function rows({ activity, running, question, balance, used }: UsagePage): Html {
  if (activity.rows.length > 0 || running.length > 0)
    return activityTable(activity.rows, running, generationLink)
  return used === 0 && balance.available > 0 && !isNarrowed(question.filter)
    ? html`<div class="empty">
        <p><strong>Nothing was spent yet.</strong></p>
        <p>
          Ask your agent: “Make a calm blue background, then tell me what it cost.” What it spends
          appears here while it works.
        </p>
      </div>`
    : html`<p class="empty">No activity (${rangeOfDays(question.range)}) that fits the filter.</p>`
}

function pager({ activity, question }: UsagePage): Html {
  const { rows: shown, skipped, total, newer, older } = activity
  const { size } = question
  if (shown.length === 0) return html``
  const first = (skipped ?? 0) + 1
  const position =
    skipped === null
      ? `${shown.length} rows`
      : `${first}–${first + shown.length - 1} of ${total === null ? 'more than 200' : total}`
  const to = (place: { before?: number; after?: number }): string =>
    addressOf(question, { place }, 'activity')
  return html`<nav class="pager" aria-label="Pages of the activity">
    <p class="note">${position}</p>
    ${newer !== null && html`<a id="newest" class="button quiet" href="${to({})}">Newest</a>`}
    ${newer !== null && html`<a id="newer" class="button quiet" rel="prev" href="${to({ after: newer })}">Newer</a>`}
    ${older !== null && html`<a id="older" class="button quiet" rel="next" href="${to({ before: older })}">Older</a>`}
    ${
      total !== null &&
      total > size &&
      skipped !== null &&
      html`<p class="note">Page ${Math.floor(skipped / size) + 1} of ${Math.ceil(total / size)}</p>`
    }
    ${(total ?? size + 1) > PAGE_SIZES[0] && sizes(question)}
  </nav>`
}

function sizes(question: UsagePage['question']): Html {
  return html`<span class="segments small" role="group" aria-label="Rows on a page">
    ${PAGE_SIZES.map(
      (size) =>
        html`<a
          id="size-${size}"
          href="${addressOf(question, { size }, 'activity')}"
          ${question.size === size && html`aria-current="true"`}
          >${size}</a
        >`,
    )}
  </span>`
}
