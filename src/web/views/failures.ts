import type { Failures } from '../../usage/failures-page.ts'
import type { FailedCall } from '../../usage/failures.ts'
import type { Question } from '../../usage/question.ts'
import { addressOf } from './address.ts'
import { failureWords } from './failure-mark.ts'
import { counted, modelName, timeOf } from './format.ts'
import { html, type Html } from './html.ts'
import { jumpForm } from './jump.ts'
import { panel } from './panel.ts'
import { table, timeCell } from './table.ts'

/** Renders refused and failed calls, newest first; on a page about them with links to the others. */
export function failuresPanel({ rows, older, count, isAll }: Failures, question: Question): Html {
  const isAsked = question.filter.kind === 'failed'
  const all = addressOf(question, { filter: { kind: 'failed' } }, 'failures')
  const to = (place: Question['place']): string => addressOf(question, { place }, 'failures')
  const more = html`<nav class="pager" aria-label="Pages of the refused and failed calls">
    ${!isAsked && older !== null && html`<a id="failures-all" class="button quiet" href="${all}">Show all</a>`}
    ${isAsked && Object.values(question.place).some((value) => value !== undefined) && html`<a id="failures-newest" class="button quiet" href="${to({})}">Newest</a>`}
    ${isAsked && older !== null && html`<a id="failures-older" class="button quiet" rel="next" href="${to({ before: older })}">Older</a>`}
  </nav>`
  return panel(
    {
      id: 'failures',
      title: 'Refused and failed',
      aside: html`${isAsked && jumpForm(question, 'failures')}
        <p class="note">Nothing was charged</p>`,
    },
    rows.length === 0
      ? html`<p class="empty">No paid call was refused or failed in these days.</p>`
      : html`${failureTable(rows)}
          <p class="note">${isAll ? '' : 'The newest '}${failureWords(count)}.</p>
          ${more}`,
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
