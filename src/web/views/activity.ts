import { display } from '../../money.ts'
import type { Category } from '../../pricing/catalog.ts'
import type { RunningWork } from '../../usage/latest.ts'
import { creditsOf, modelName, padding } from './format.ts'
import { html, type Html } from './html.ts'
import { thumb } from './search.ts'
import { table, timeCell, type Column } from './table.ts'

/** One generation. `at` is Unix time in milliseconds, `cost` is in micro-USD. */
export type Charge = {
  at: number
  operation: string | null
  model: string | null
  /** The prompt or the name of the input. Untrusted text. */
  about: string | null
  /** The generation that the row leads to, and its first picture; absent where there is no page for it. */
  generationId?: string
  thumbnail?: string | null
  category: Category
  cost: number
  billing: 'credits' | 'own_key'
  status: string
}

const COLUMNS: readonly Column[] = [
  { label: html`Date <small>UTC</small>` },
  { label: 'Description' },
  { label: 'Category', kind: 'category' },
  { label: 'Credits', kind: 'number' },
]

/** Renders the table of charges, newest first, below the running work. */
export function activityTable(
  charges: readonly Charge[],
  running: readonly RunningWork[] = [],
): Html {
  return table(COLUMNS, [...running.map(runningRow), ...charges.map(chargeRow)], 'activity')
}

function runningRow({ operation, model, held, startedAt }: RunningWork): Html {
  return html`<tr class="running">
    ${timeCell(startedAt)}
    <td>
      ${toolName(operation)} <span class="badge">running</span>
      <span class="about"><bdi class="model">${modelName(model)}</bdi></span>
    </td>
    <td class="category"></td>
    <td class="number"><span class="note">${display(held)} held</span></td>
  </tr>`
}

function chargeRow(charge: Charge): Html {
  const { at, operation, model, about, category, cost, billing, status, generationId, thumbnail } =
    charge
  const tool = toolName(operation ?? '')
  const isOwnKey = billing === 'own_key'
  const credits = creditsOf(isOwnKey ? 0 : cost)
  return html`<tr>
    ${timeCell(at)}
    <td>
      ${thumbnail !== undefined && thumb(thumbnail)}
      ${generationId === undefined ? tool : html`<a class="to-page" href="/g/${generationId}">${tool}</a>`}
      ${status === 'refunded' && html`<span class="badge">refunded</span>`}
      ${isOwnKey && html`<span class="badge">own key</span>`}
      <span class="about">
        ${about && html`<bdi>${about}</bdi> · `}<bdi class="model">${modelName(model ?? '')}</bdi>
      </span>
    </td>
    <td class="category">${category}</td>
    <td class="number">
      ${credits}<span aria-hidden="true">${padding(credits)}</span>
      ${isOwnKey && html`<span class="note">${display(cost)} at fal.ai</span>`}
    </td>
  </tr>`
}

/** Renders a tool's name. A narrow column can break it only before a capital letter. */
function toolName(operation: string): Html {
  const [first = '', ...rest] = operation.split(/(?=[A-Z])/)
  return html`<span class="tool">Tool: ${first}${rest.map((word) => html`<wbr />${word}`)}</span>`
}
