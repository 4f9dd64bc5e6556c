import type { FailedCall } from '../../usage/failures.ts'
import { counted, modelName, timeOf } from './format.ts'
import { html, type Html } from './html.ts'
import { panel } from './panel.ts'
import { table, timeCell } from './table.ts'

/** Renders refused and failed calls, newest first. Empty if there are none. */
export function failuresPanel(calls: readonly FailedCall[], hasMore: boolean): Html {
  return panel(
    {
      id: 'failures',
      title: 'Refused and failed',
      aside: html`<p class="note">Nothing was charged</p>`,
    },
    calls.length === 0
      ? html`<p class="empty">No paid call was refused or failed in these days.</p>`
      : html`${failureTable(calls)}
        ${hasMore && html`<p class="note">Only the newest ${calls.length} are shown.</p>`}`,
  )
}

/** Renders the table of refused and failed calls. */
function failureTable(calls: readonly FailedCall[]): Html {
  return table(
    [{ label: html`Date <small>UTC</small>` }, { label: 'Call' }, { label: 'Reason' }],
    calls.map(row),
    'failures',
  )
}

function row(call: FailedCall): Html {
  const { at, firstAt, count, operation, model, code, reason, generationId } = call
  const tool = html`<span class="tool">${operation}</span>`
  return html`<tr>
    ${timeCell(at)}
    <td>
      ${generationId === null ? tool : html`<a href="/g/${generationId}">${tool}</a>`}
      <span class="badge ${generationId === null ? 'refused' : 'failed'}"
        >${generationId === null ? 'refused' : 'failed'}</span
      >
      <span class="about"><bdi class="model">${modelName(model)}</bdi></span>
    </td>
    <td>
      <code>${code}</code>
      <span class="about">${reason}</span>
      ${count > 1 && html`<span class="note">${counted(count, 'call')} since ${timeOf(firstAt)}</span>`}
    </td>
  </tr>`
}

/** Renders the mark of a day with refused or failed calls above its bar. `center` is in percent of the chart's width. */
export function failureMark(center: number, count: number): Html {
  const size = 7
  return html`<svg class="mark-failed" x="${center.toFixed(2)}%" y="-12" overflow="visible">
    <title>${counted(count, 'call')} refused or failed</title>
    <path d="M${-size} 0 L${size} 0 L0 ${size * 1.4}Z" />
  </svg>`
}
