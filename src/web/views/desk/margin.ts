import type { HouseMargin } from '../../../usage/desk/margin.ts'
import type { MarginSum } from '../../../usage/margin.ts'
import { counted, dateOf, modelName, rounded } from '../format.ts'
import { html, type Html } from '../html.ts'
import { panel } from '../panel.ts'
import { table } from '../table.ts'
import { csvLink } from './frame.ts'

type Named = MarginSum & { name: string }

/** Renders sales, costs, unpaid work and margin of all accounts by model, and by day. */
export function marginPanels({ models, days }: HouseMargin): Html {
  const used = days.filter((day) => day.sold !== 0 || day.upstreamCost !== 0)
  return html`${panel(
    {
      id: 'margin-model',
      title: html`Margin by model <small>Last ${days.length} days</small>`,
      aside: csvLink('/admin/margin.csv?by=model'),
      isLive: false,
    },
    marginTable(models, 'Model', (name) => html`<bdi>${modelName(name)}</bdi>`),
  )}
  ${panel(
    {
      id: 'margin-day',
      title: html`Margin by day <small>Last ${days.length} days</small>`,
      aside: csvLink('/admin/margin.csv?by=day'),
      isLive: false,
    },
    marginTable(used, 'Day', (name) => html`${dateOf(name)}`),
  )}`
}

function marginTable(rows: readonly Named[], label: string, name: (text: string) => Html): Html {
  if (rows.length === 0) return html`<p class="empty">Nothing was sold or bought in these days.</p>`
  return table(
    [
      { label },
      { label: 'Sold', kind: 'number' },
      { label: 'Cost', kind: 'number' },
      { label: 'Unpaid', kind: 'number' },
      { label: 'Margin', kind: 'number' },
    ],
    rows.map(
      (row) =>
        html`<tr>
          <th scope="row">${name(row.name)}</th>
          <td class="number">${rounded(row.sold)}</td>
          <td class="number">
            ${rounded(row.upstreamCost)}
            ${row.unknownCount > 0 && html`<span class="note">${row.unknownCount} unknown</span>`}
          </td>
          <td class="number">${unpaid(row)}</td>
          <td class="number ${row.margin < 0 ? 'owes' : ''}">${signed(row.margin)}</td>
        </tr>`,
    ),
    'margin',
  )
}

function unpaid({ unpaid: { jobs, cost } }: MarginSum): Html {
  if (jobs === 0) return html`–`
  return html`${rounded(cost)}<span class="note">${counted(jobs, 'job')}</span>`
}

/** Renders an amount that may be below zero, in micro-USD. */
export function signed(amount: number): Html {
  return amount < 0 ? html`−${rounded(-amount)}` : rounded(amount)
}
