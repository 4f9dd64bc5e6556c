import { stateOf } from '../../../alerts/delivery.ts'
import { textOf } from '../../../alerts/words.ts'
import type { AlertTable } from '../../../db/schema/alerts.ts'
import { html, type Html } from '../html.ts'
import { panel } from '../panel.ts'
import { table, timeCell } from '../table.ts'
import { codeName } from './code.ts'
import { csvLink } from './frame.ts'

const STATES = { waiting: 'not sent yet', delivered: 'delivered', failed: 'not delivered' } as const

/** Renders the newest alerts, of one account or of all: what they tell, and whether it reached the receiver. */
export function alertsPanel(alerts: readonly AlertTable[], accountId?: string): Html {
  const query = accountId === undefined ? '' : `?account=${accountId}`
  const body =
    alerts.length === 0
      ? html`<p class="empty">No alerts.</p>`
      : table(
          [{ label: html`Date <small>UTC</small>` }, { label: 'Alert' }],
          alerts.map(row),
          'acts alerts',
        )
  return panel(
    { id: 'alerts', title: 'Alerts', aside: csvLink(`/admin/alerts.csv${query}`), isLive: false },
    body,
  )
}

function row(alert: AlertTable): Html {
  const { at, kind, account_id: id, answer } = alert
  return html`<tr>
    ${timeCell(at)}
    <td>
      ${codeName(kind)}
      <span class="about">${textOf(alert)}</span>
      ${id !== '' && html`<a class="to-page" href="/admin/accounts/${id}">Open the account</a>`}
      <span class="note"
        >${STATES[stateOf(alert)]}${answer !== null && html`: <bdi>${answer}</bdi>`}</span
      >
    </td>
  </tr>`
}
