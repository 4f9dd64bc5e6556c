import type { AuditTable } from '../../../db/schema/operator.ts'
import { creditsOf } from '../format.ts'
import { html, type Html } from '../html.ts'
import { panel } from '../panel.ts'
import { table, timeCell } from '../table.ts'
import { codeName } from './code.ts'
import { csvLink } from './frame.ts'

/** Acts of operators, and the names of the accounts and admin keys in them, by their ids. */
export type ShownActs = { acts: readonly AuditTable[]; names: ReadonlyMap<string, string> }

/** Renders the newest acts, of one account or of all, with the way to the others. */
export function auditPanel(shown: ShownActs, accountId?: string): Html {
  const query = accountId === undefined ? '' : `?account=${accountId}`
  return panel(
    { id: 'audit', title: 'Audit log', aside: csvLink(`/admin/audit.csv${query}`), isLive: false },
    html`${actsTable(shown, accountId !== undefined)}
    ${shown.acts.length > 0 && html`<nav class="pager" aria-label="More of the audit log"><a class="button quiet" href="/admin/audit${query}">Show all</a></nav>`}`,
  )
}

/** Renders acts, newest first. */
export function actsTable({ acts, names }: ShownActs, isOfOne = false): Html {
  if (acts.length === 0) return html`<p class="empty">No acts of operators yet.</p>`
  return table(
    [
      { label: html`Date <small>UTC</small>` },
      { label: 'Act' },
      { label: 'Credits', kind: 'number' },
    ],
    acts.map(
      (act) =>
        html`<tr>
          ${timeCell(act.at)}
          <td>
            ${codeName(act.action)} ${!isOfOne && accountOf(act, names)}
            ${act.reason !== null && html`<span class="about"><bdi>${act.reason}</bdi></span>`}
            ${about(act)}
            <span class="note">by <bdi>${names.get(act.author) ?? act.author}</bdi></span>
          </td>
          <td class="number">${act.amount === null ? '' : creditsOf(-act.amount)}</td>
        </tr>`,
    ),
    'acts',
  )
}

function about({ subject, details }: AuditTable): Html {
  return html`${[subject, details]
    .filter((text) => text !== null && text !== '')
    .map((text) => html`<span class="note id"><bdi>${text}</bdi></span>`)}`
}

function accountOf({ account_id: id }: AuditTable, names: ShownActs['names']): Html {
  if (id === '') return html``
  return html`<a class="to-page" href="/admin/accounts/${id}"><bdi>${names.get(id) ?? id}</bdi></a>`
}
