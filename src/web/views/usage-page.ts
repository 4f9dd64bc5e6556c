import { CREDIT, display } from '../../money.ts'
import { ACTIVITY_PAGE } from '../../usage/activity.ts'
import { CHART_DAYS, type UsagePage } from '../../usage/page.ts'
import { activityTable } from './activity.ts'
import { alertBox, type Alert } from './alert.ts'
import { brand } from './brand.ts'
import { budgetsPanel } from './budgets.ts'
import { cards } from './cards.ts'
import { chart } from './chart.ts'
import type { Page } from './document.ts'
import { failuresPanel } from './failures.ts'
import { recentFiles } from './files.ts'
import { filters } from './filters.ts'
import { html, type Html } from './html.ts'
import { panel } from './panel.ts'
import { searchForm } from './search.ts'
import { stateBanners } from './states.ts'
import { buyPanel, purchasesPanel, type BuyProblem, type Purchases } from './purchases.ts'

/** What the page needs in addition to the usage. */
export type Visit = {
  purchases: Purchases
  /** Token that every form of this visitor sends. */
  csrf: string
  alert: Alert | null
  buyProblem: BuyProblem | null
  /** URLs of other pages of the activity, and of its CSV file. Null if there is no such page. */
  links: { older: string | null; newer: string | null; newest: string; month: string; csv: string }
}

/** Renders the usage page. */
export function usagePageView(usage: UsagePage, visit: Visit): Page {
  const { balance, used, lowBalance, days, outputs, budgets } = usage
  const body = html`<body>
    <a class="skip" href="#activity">Skip to the activity</a>
    ${header(usage, visit)}
    <main>
      <h1>Usage</h1>
      ${searchForm()} ${visit.alert && alertBox(visit.alert)}
      ${stateBanners(usage.states, visit.purchases?.mayBuy === true ? '#buy' : null)}
      ${cards({ ...balance, used, lowBalance })}
      <div class="columns">
        <div class="column">
          ${activityPanel(usage, visit)}${chart(days, undefined, usage.failureDays)}
          ${failuresPanel(usage.failures.rows, usage.failures.next !== null)}${recentFiles(outputs)}
        </div>
        <div class="column">
          ${buyPanel(visit.purchases, visit.csrf, visit.buyProblem)}
          ${budgetsPanel(budgets.map((line) => ({ ...line, used: line.spent + line.held })))}
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
    <p class="account"><bdi>${account.name}</bdi></p>
    ${purchases?.mayBuy === true && html`<a class="button" href="#buy">Buy credits</a>`}
    <form method="post" action="/page/sign-out">
      <input type="hidden" name="csrf" value="${csrf}" />
      <button class="quiet" type="submit">Sign out</button>
    </form>
  </header>`
}

/** Renders the activity. Only its rows are live, because an update must not change the filter form while it is edited. */
function activityPanel(usage: UsagePage, { links }: Visit): Html {
  const { days, range } = usage
  const showsMonth = days[0]?.date === range.from && days.at(-1)?.date === range.to
  const aside = html`<p class="links">
    ${!showsMonth && html`<a href="${links.month}">See last ${CHART_DAYS} days</a>`}
    <a href="${links.csv}" download>Download CSV</a>
  </p>`
  return panel(
    { id: 'activity', title: 'Recent Activity', aside, isLive: false },
    html`${filters(usage)}
      <div id="activity-rows" data-live>${rows(usage)}${pager(usage, links)}</div>`,
  )
}

function rows({ activity, running, range, balance, used }: UsagePage): Html {
  if (activity.rows.length > 0 || running.length > 0) return activityTable(activity.rows, running)
  return used === 0 && balance.available > 0
    ? html`<div class="empty">
        <p><strong>Nothing was spent yet.</strong></p>
        <p>
          Ask your agent: “Make a calm blue background, then tell me what it cost.” What it spends
          appears here while it works.
        </p>
      </div>`
    : html`<p class="empty">No activity from ${range.from} to ${range.to} that fits the filter.</p>`
}

function pager({ activity }: UsagePage, { newer, older, newest }: Visit['links']): Html {
  const { rows: shown, skipped, total } = activity
  if (shown.length === 0) return html``
  const first = (skipped ?? 0) + 1
  const position =
    skipped === null
      ? `${shown.length} rows`
      : `${first}–${first + shown.length - 1} of ${total === null ? 'more than 200' : total}`
  return html`<nav class="pager" aria-label="Pages of the activity">
    <p class="note">${position}</p>
    ${newer && html`<a id="newest" class="button quiet" href="${newest}">Newest</a>`}
    ${newer && html`<a id="newer" class="button quiet" rel="prev" href="${newer}">Newer</a>`}
    ${older && html`<a id="older" class="button quiet" rel="next" href="${older}">Older</a>`}
    ${
      total !== null &&
      total > ACTIVITY_PAGE &&
      skipped !== null &&
      html`<p class="note">
        Page ${Math.floor(skipped / ACTIVITY_PAGE) + 1} of ${Math.ceil(total / ACTIVITY_PAGE)}
      </p>`
    }
  </nav>`
}
