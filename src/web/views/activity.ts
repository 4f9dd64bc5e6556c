import type { EntryKind } from '../../db/schema/ledger.ts'
import type { Category } from '../../pricing/catalog.ts'
import type { RunningWork } from '../../usage/latest.ts'
import { creditsOf, exactly, modelName, padding } from './format.ts'
import { html, type Html } from './html.ts'
import { table, timeCell, type Column } from './table.ts'

/** One row. `at` is Unix time in milliseconds, `cost` is in micro-USD, negative for what came in. */
export type Charge = {
  at: number
  /** A charge if it is left out. */
  kind?: EntryKind
  operation: string | null
  model: string | null
  /** The prompt, the name of the input, or the reason of the operator. Untrusted text. */
  about: string | null
  category: Category | null
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

/** Descriptions of what is no work, and its category. */
const MONEY = {
  grant: ['Credits at the start', 'Top-up'],
  top_up: ['Purchase', 'Top-up'],
  claw_back: ['Purchase taken back', 'Top-up'],
  restore: ['Purchase given back', 'Top-up'],
  credit: ['Credits from the operator', 'Top-up'],
  correction: ['Correction by the operator', 'Top-up'],
} as const

/**
 * Renders the table of the activity, newest first, below the running work. `lead` adds to the name of the tool what
 * leads to its generation; inside a chat nothing does.
 */
export function activityTable<Row extends Charge>(
  rows: readonly Row[],
  running: readonly RunningWork[] = [],
  lead: (row: Row, tool: Html) => Html = (_row, tool) => tool,
): Html {
  const shown = rows.map((row) => activityRow(row, (tool) => lead(row, tool)))
  return table(COLUMNS, [...running.map(runningRow), ...shown], 'activity')
}

function runningRow({ operation, model, held, startedAt }: RunningWork): Html {
  return html`<tr class="running">
    ${timeCell(startedAt)}
    <td>
      ${toolName(operation)} <span class="badge">running</span>
      <span class="about"><bdi class="model">${modelName(model)}</bdi></span>
    </td>
    <td class="category"></td>
    <td class="number"><span class="note">${exactly(held)} held</span></td>
  </tr>`
}

type Lead = (tool: Html) => Html

function activityRow(row: Charge, lead: Lead): Html {
  const { at, kind = 'capture' } = row
  const [description, category] =
    kind === 'capture' || kind === 'refund'
      ? [workCell(row, lead), kind === 'refund' ? 'Refund' : row.category]
      : [moneyCell(MONEY[kind][0], row), MONEY[kind][1]]
  return html`<tr>
    ${timeCell(at)}
    <td>${description}</td>
    <td class="category">${category}</td>
    ${creditsCell(row)}
  </tr>`
}

function moneyCell(description: string, { about }: Charge): Html {
  return html`<span class="tool">${description}</span>
    ${about && html`<span class="about"><bdi>${about}</bdi></span>`}`
}

function workCell({ kind, operation, model, about, billing, status }: Charge, lead: Lead): Html {
  const isRefund = kind === 'refund'
  return html`${lead(toolName(operation ?? '', isRefund ? 'Refund' : 'Tool'))}
    ${status === 'refunded' && !isRefund && html`<span class="badge">refunded</span>`}
    ${billing === 'own_key' && html`<span class="badge">own key</span>`}
    <span class="about">
      ${about && html`<bdi>${about}</bdi> · `}<bdi class="model">${modelName(model ?? '')}</bdi>
    </span>`
}

/** A refunded charge shows both amounts. Work on an own key costs no credits. */
function creditsCell({ cost, kind = 'capture', billing, status }: Charge): Html {
  const isOwnKey = billing === 'own_key'
  const credits = creditsOf(isOwnKey ? 0 : cost)
  const isRefunded = kind === 'capture' && status === 'refunded'
  return html`<td class="number">
    ${credits}<span aria-hidden="true">${padding(credits)}</span>
    ${isRefunded && html`<span class="note">${creditsOf(-cost)} refunded</span>`}
    ${isOwnKey && html`<span class="note">${exactly(cost)} at fal.ai</span>`}
  </td>`
}

/** Renders a tool's name. A narrow column can break it only before a capital letter. */
function toolName(operation: string, word = 'Tool'): Html {
  const [first = '', ...rest] = operation.split(/(?=[A-Z])/)
  return html`<span class="tool"
    >${word}: ${first}${rest.map((part) => html`<wbr />${part}`)}</span
  >`
}
