import type { DeskOverview } from '../../../usage/desk/overview.ts'
import type { Page } from '../document.ts'
import { ageOf, counted, exactly, rounded } from '../format.ts'
import { html, type Html } from '../html.ts'
import { accountsPanel } from './accounts.ts'
import { alertsPanel } from './alerts.ts'
import { approvalsPanel } from './approvals.ts'
import { auditPanel, type ShownActs } from './audit.ts'
import { failureSumsPanel } from './failures.ts'
import { deskPage, type DeskFrame } from './frame.ts'
import { marginPanels, signed } from './margin.ts'

/** Renders all accounts: what they have and spend, what is held, what was earned, what failed, and who did what. */
export function deskOverviewPage(
  frame: DeskFrame,
  desk: DeskOverview & { names: ShownActs['names']; nowMs: number },
): Page {
  const body = html`<h1>Accounts and money</h1>
    ${cards(desk)} ${accountsPanel(desk.list, desk.asked)}
    <div class="halves">
      <div class="column">${marginPanels(desk.margin)}</div>
      <div class="column">
        ${approvalsPanel(desk)} ${alertsPanel(desk.alerts)} ${failureSumsPanel(desk.failures)}
        ${auditPanel(desk)}
      </div>
    </div>`
  return deskPage(frame, { title: 'Operator', body, isOverview: true })
}

function cards({ totals, held, margin, nowMs }: DeskOverview & { nowMs: number }): Html {
  const { sold, upstreamCost, unpaid, unknownCount, margin: earned } = margin.total
  const open = totals.accounts - totals.closed
  return html`<section class="cards" aria-label="All accounts">
    ${card('Owed to accounts', rounded(totals.available, 'balance'), [
      `${counted(open, 'open account')}${totals.suspended > 0 ? `, ${totals.suspended} suspended` : ''}`,
      totals.debt > 0 && `${exactly(totals.debt)} of debt`,
    ])}
    ${card('Held now', rounded(held.amount), [
      held.oldest === null ? 'No work in hand' : `The oldest since ${ageOf(nowMs - held.oldest)}`,
    ])}
    ${card(`Margin, ${margin.days.length} days`, signed(earned), [
      `${exactly(sold)} sold, ${exactly(upstreamCost)} paid at fal.ai`,
      unpaid.jobs > 0 &&
        `${exactly(unpaid.cost)} of it for ${counted(unpaid.jobs, 'job')} that nobody pays`,
      unknownCount > 0 && `Lower by ${counted(unknownCount, 'call')} of unknown cost`,
    ])}
  </section>`
}

/** Renders a card with a figure and notes; those that are false are left out. */
export function card(title: string, figure: Html, notes: readonly (string | false)[]): Html {
  return html`<div class="card">
    <h2>${title}</h2>
    <p class="figure">${figure}</p>
    ${notes.map((note) => note !== false && html`<p class="note">${note}</p>`)}
  </div>`
}
