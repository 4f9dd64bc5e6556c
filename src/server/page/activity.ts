import { display } from '../../money.ts'
import type { Operation } from '../../pricing/catalog.ts'
import type { ActivityRow } from '../../usage/activity.ts'
import type { RunningWork } from '../../usage/latest.ts'
import { html, type Html } from './html.ts'
import { creditsOf, modelName, padding, timeOf } from './words.ts'

/** The table of charges, newest first, with the work in hand on top. */
export function activityTable(
  rows: readonly ActivityRow[],
  running: readonly RunningWork[] = [],
): Html {
  return html`<table class="activity">
    <thead>
      <tr>
        <th scope="col">Date <small>UTC</small></th>
        <th scope="col">Description</th>
        <th scope="col" class="category">Category</th>
        <th scope="col" class="number">Credits</th>
      </tr>
    </thead>
    <tbody>
      ${running.map(runningRow)}${rows.map(row)}
    </tbody>
  </table>`
}

function runningRow({ operation, model, held, startedAt }: RunningWork): Html {
  return html`<tr class="running">
    <td class="date">${timeOf(startedAt)}</td>
    <td>
      <span class="tool">Tool: ${toolName(operation)}</span> <span class="badge">running</span>
      <span class="about"><bdi class="model">${modelName(model)}</bdi></span>
    </td>
    <td class="category"></td>
    <td class="number"><span class="note">${display(held)} held</span></td>
  </tr>`
}

function row({ at, operation, model, about, category, cost, billing, status }: ActivityRow): Html {
  const own = billing === 'own_key'
  const credits = creditsOf(own ? 0 : cost)
  return html`<tr>
    <td class="date"><time datetime="${new Date(at).toISOString()}">${timeOf(at)}</time></td>
    <td>
      <span class="tool">Tool: ${toolName(operation)}</span>
      ${status === 'refunded' && html`<span class="badge">refunded</span>`}
      ${own && html`<span class="badge">own key</span>`}
      <span class="about">
        ${about && html`<bdi>${about}</bdi> · `}<bdi class="model">${modelName(model ?? '')}</bdi>
      </span>
    </td>
    <td class="category">${category}</td>
    <td class="number">
      ${credits}<span aria-hidden="true">${padding(credits)}</span>
      ${own && html`<span class="note">${display(cost)} at fal.ai</span>`}
    </td>
  </tr>`
}

/** A tool's name, which may break before a capital: no narrow column cuts through its words. */
function toolName(operation: Operation | null): Html {
  const [first = '', ...rest] = (operation ?? '').split(/(?=[A-Z])/)
  return html`${first}${rest.map((word) => html`<wbr />${word}`)}`
}
