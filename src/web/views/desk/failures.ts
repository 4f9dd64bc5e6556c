import type { FailureSums } from '../../../usage/desk/failures.ts'
import { FAILURE_DAYS } from '../../../usage/desk/overview.ts'
import type { FailedCall } from '../../../usage/failures.ts'
import { counted, modelName, timeOf } from '../format.ts'
import { html, type Html } from '../html.ts'
import { panel } from '../panel.ts'
import { table, timeCell } from '../table.ts'
import { codeName } from './code.ts'
import { csvLink } from './frame.ts'

/** Renders the refused and failed calls of all accounts by code, most first. */
export function failureSumsPanel({ codes, isAll }: FailureSums): Html {
  const title = html`Refused and failed <small>Last ${FAILURE_DAYS} days</small>`
  const body =
    codes.length === 0
      ? html`<p class="empty">No paid call was refused or failed.</p>`
      : table(
          [
            { label: 'Code' },
            { label: 'Refused', kind: 'number' },
            { label: 'Failed', kind: 'number' },
            { label: 'Accounts', kind: 'number' },
            { label: 'Last' },
          ],
          codes.map(
            ({ code, refused, failed, accounts, lastAt }) =>
              html`<tr>
                <th scope="row">${codeName(code)}</th>
                <td class="number">${refused}</td>
                <td class="number">${failed}</td>
                <td class="number">${accounts}</td>
                ${timeCell(lastAt)}
              </tr>`,
          ),
          'codes',
        )
  return panel(
    { id: 'failures', title, aside: csvLink('/admin/failures.csv'), isLive: false },
    html`${body} ${!isAll && html`<p class="note">Of the newest ones only: there are more.</p>`}`,
  )
}

/** Renders the refused and failed calls of one account, newest first. */
export function failedCallsPanel(calls: readonly FailedCall[], accountId: string): Html {
  const aside = csvLink(`/admin/accounts/${accountId}/failures.csv`)
  const rows = calls.map(
    ({ at, firstAt, count, operation, model, code, reason, generationId }) =>
      html`<tr>
        ${timeCell(at)}
        <td>
          <span class="tool">${operation}</span>
          <span class="about"><bdi class="model">${modelName(model)}</bdi></span>
          ${generationId !== null && html`<span class="note id">${generationId}</span>`}
        </td>
        <td>
          ${codeName(code)}
          <span class="about">${reason}</span>
          ${count > 1 && html`<span class="note">${counted(count, 'call')} since ${timeOf(firstAt)}</span>`}
        </td>
      </tr>`,
  )
  return panel(
    { id: 'failures', title: 'Refused and failed', aside, isLive: false },
    rows.length === 0
      ? html`<p class="empty">No paid call was refused or failed.</p>`
      : table([{ label: 'Date' }, { label: 'Call' }, { label: 'Reason' }], rows, 'failures'),
  )
}
