import { CREDIT, display } from '../../money.ts'
import { ACTIVITY_PAGE } from '../../usage/activity.ts'
import { CHART_DAYS, type UsagePage } from '../../usage/page.ts'
import { activityTable } from './activity.ts'
import { budgets } from './budgets.ts'
import { cards } from './cards.ts'
import { chart } from './chart.ts'
import { filters } from './filters.ts'
import { html, type Html } from './html.ts'
import { MARK, modeBadge } from './brand.ts'
import { layout, type Files } from './layout.ts'
import { notice, type Notice } from './notice.ts'
import { outputs } from './outputs.ts'
import { buy, purchaseHistory, type Shop } from './purchases.ts'

/** What the page of one person needs beside the numbers. */
export type Frame = {
  files: Files
  shop: Shop
  csrf: string
  said: Notice | null
  /** The addresses of other pages of the activity, and of its file. */
  links: { older: string | null; newer: string | null; newest: string; month: string; csv: string }
}

/** The whole usage page. */
export function usagePageHtml(page: UsagePage, frame: Frame): string {
  const { balance, used, lowBalance } = page
  return layout(
    'Usage · Inkwell',
    frame.files,
    html`<body>
      <a class="skip" href="#activity">Skip to the activity</a>
      ${head(page, frame)}
      <main>
        <h1>Usage</h1>
        ${frame.said && notice(frame.said)} ${cards({ ...balance, used, lowBalance })}
        <div class="columns">
          <div class="column">
            ${activityPanel(page, frame)}${chart(page.days)}${outputs(page.outputs)}
          </div>
          <div class="column">
            ${buy(frame.shop, frame.csrf)}${budgets(page.budgets)}${purchaseHistory(frame.shop)}
          </div>
        </div>
      </main>
      <footer>
        <p class="note">All days and times are UTC. 1 credit is ${display(CREDIT)}.</p>
      </footer>
    </body>`,
  )
}

function head({ account, mode }: UsagePage, { csrf, shop }: Frame): Html {
  return html`<header class="top">
    <p class="brand">${MARK}<span>Inkwell</span> ${modeBadge(mode)}</p>
    <p class="live" id="live" role="status" hidden></p>
    <p class="account"><bdi>${account.name}</bdi></p>
    ${shop.open && shop.mayBuy && html`<a class="button" href="#buy">Buy credits</a>`}
    <form method="post" action="/page/sign-out">
      <input type="hidden" name="csrf" value="${csrf}" />
      <button class="quiet" type="submit">Sign out</button>
    </form>
  </header>`
}

function activityPanel(page: UsagePage, { links }: Frame): Html {
  const wide = page.days[0]?.date === page.range.from && page.days.at(-1)?.date === page.range.to
  return html`<section class="panel" aria-labelledby="activity-title">
    <header class="panel-head" id="activity" tabindex="-1">
      <h2 id="activity-title">Recent Activity</h2>
      <p class="links">
        ${!wide && html`<a href="${links.month}">See last ${CHART_DAYS} days</a>`}
        <a href="${links.csv}" download>Download CSV</a>
      </p>
    </header>
    ${filters(page)}
    <div id="activity-rows" data-live>${rows(page)}${pager(page, links)}</div>
  </section>`
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

function pager({ activity }: UsagePage, { newer, older, newest }: Frame['links']): Html {
  const { rows: shown, skipped, total } = activity
  if (shown.length === 0) return html``
  const first = (skipped ?? 0) + 1
  const where =
    skipped === null
      ? `${shown.length} rows`
      : `${first}–${first + shown.length - 1} of ${total === null ? 'more than 200' : total}`
  return html`<nav class="pager" aria-label="Pages of the activity">
    <p class="note">${where}</p>
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
