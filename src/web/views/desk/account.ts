import type { DeskAccount } from '../../../usage/desk/account.ts'
import { categoryOfModel } from '../../../pricing/catalog.ts'
import { activityTable } from '../activity.ts'
import { chart } from '../chart.ts'
import type { Page } from '../document.ts'
import { counted, dateOf, exactly, rounded } from '../format.ts'
import { html, type Html } from '../html.ts'
import { panel } from '../panel.ts'
import { stateBadge } from './accounts.ts'
import { actForms } from './act-forms.ts'
import { alertsPanel } from './alerts.ts'
import { approvalsPanel } from './approvals.ts'
import { auditPanel, type ShownActs } from './audit.ts'
import { failedCallsPanel } from './failures.ts'
import { csvLink, deskPage, type DeskFrame } from './frame.ts'
import { groupsPanel, keysPanel } from './keys.ts'
import { signed } from './margin.ts'
import { card } from './overview.ts'

/** Renders one account, with the acts that the operator may do. */
export function deskAccountPage(
  frame: DeskFrame,
  desk: DeskAccount & { names: ShownActs['names']; nowMs: number },
): Page {
  const { account, names, nowMs } = desk
  const mayAct = frame.operator.scopes.includes('money')
  const body = html`<div>
      <h1><bdi>${account.name}</bdi> ${stateBadge(account)}</h1>
      <p class="note id">${account.id}</p>
    </div>
    ${stateBox(desk)} ${cards(desk)} ${mayAct && actForms(account)}
    <div class="columns">
      <div class="column">
        ${chart(desk.days)} ${activityPanel(desk, mayAct)}
        ${desk.approvals.length > 0 && approvalsPanel(desk, account.id)}
        ${alertsPanel(desk.alerts, account.id)} ${failedCallsPanel(desk.failures, account.id)}
        ${auditPanel({ acts: desk.acts, names }, account.id)}
      </div>
      <div class="column">
        ${details(desk)} ${keysPanel(desk, nowMs)} ${groupsPanel(desk.groups)}
      </div>
    </div>`
  return deskPage(frame, { title: account.name, body })
}

function stateBox({ account: { state, suspension } }: DeskAccount): Html | null {
  if (state === 'open') return null
  const text =
    suspension === null || state === 'closed'
      ? html`<strong>Closed.</strong> Its keys are revoked, and its balance is what you owe.`
      : html`<strong>Suspended.</strong> Paid calls and purchases are refused:
          “<bdi>${suspension.reason}</bdi>”`
  return html`<div class="state stops"><p>${text}</p></div>`
}

function cards({ account, margin }: DeskAccount): Html {
  const { available, held, debt, spentToday, spentThisMonth } = account
  const { sold, upstreamCost, unpaid } = margin
  return html`<section class="cards" aria-label="Money">
    ${card('Balance', debt > 0 ? signed(-debt) : rounded(available, 'balance'), [
      debt > 0 && 'It owes this: paid calls are refused',
      held > 0 ? `${exactly(held)} more is held for work in hand` : 'Nothing is held',
    ])}
    ${card('Spent this month', rounded(spentThisMonth), [`${exactly(spentToday)} today`])}
    ${card('Margin, 30 days', signed(margin.margin), [
      `${exactly(sold)} sold, ${exactly(upstreamCost)} paid at fal.ai`,
      unpaid.jobs > 0 &&
        `${exactly(unpaid.cost)} of it for ${counted(unpaid.jobs, 'job')} that nobody pays`,
    ])}
  </section>`
}

/** Renders the newest entries, without prompts: those are of the account. A charge leads to giving it back. */
function activityPanel({ account, activity, running }: DeskAccount, mayAct: boolean): Html {
  const rows = activity.map((row) => ({
    ...row,
    about: row.reason,
    category: row.model === null ? null : categoryOfModel(row.model),
  }))
  const body =
    rows.length === 0 && running.length === 0
      ? html`<p class="empty">No activity yet.</p>`
      : activityTable(rows, running, ({ kind, ref, status, cost }, tool) => {
          const isOpen = kind === 'capture' && status === 'completed' && cost > 0
          return html`${tool}
            <span class="note id">
              ${ref}
              ${mayAct && isOpen && html`<a class="to-page" href="/admin/accounts/${account.id}/refund?generation=${ref}">Give back</a>`}
            </span>`
        })
  const aside = csvLink(`/admin/accounts/${account.id}/activity.csv`)
  return panel({ id: 'activity', title: 'Recent Activity', aside, isLive: false }, body)
}

function details({ account: { models, maxPrice, createdAt, closedAt } }: DeskAccount): Html {
  return panel(
    { id: 'details', title: 'Terms', isLive: false },
    html`<dl class="facts">
      <dt>Opened</dt>
      <dd>${dateOf(new Date(createdAt))}</dd>
      ${
        closedAt !== null &&
        html`<dt>Closed</dt>
          <dd>${dateOf(new Date(closedAt))}</dd>`
      }
      <dt>Models</dt>
      <dd>${models === null ? 'all' : models.join(', ')}</dd>
      <dt>A call</dt>
      <dd>${maxPrice === null ? 'any price' : `at most ${exactly(maxPrice)}`}</dd>
    </dl>`,
  )
}
