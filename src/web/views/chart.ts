import { display, displayCost } from '../../money.ts'
import type { DailySum } from '../../usage/report.ts'
import { counted, dateOf, percent } from './format.ts'
import { html, type Html } from './html.ts'
import { panel } from './panel.ts'
import { table } from './table.ts'

/** Width of a bar as a fraction of its day. */
const BAR_WIDTH = 0.72
/** Minimum height of a bar that is not zero, in percent. */
const BAR_MIN = 1.5

/** Renders the bar chart of daily usage with total and average, and the same numbers as a table. */
export function chart(days: readonly DailySum[], period = `Last ${days.length} days`): Html {
  const total = days.reduce((sum, { cost }) => sum + cost, 0)
  const most = days.reduce((found, { cost }) => Math.max(found, cost), 0)
  const average = days.length === 0 ? 0 : Math.round(total / days.length)
  const sum = html`<p class="note" id="chart-sum">
    Total <strong>${display(total)}</strong>, average <strong>${displayCost(average)}</strong> per
    day
  </p>`
  return panel(
    { id: 'chart', title: html`Daily Credit Usage <small>${period}</small>`, aside: sum },
    html`<figure class="chart">
        <span class="chart-most" aria-hidden="true">${most > 0 && display(most)}</span>
        <svg class="bars" role="img" aria-labelledby="chart-title chart-sum">
          ${days.map((day, place) => bar(day, { place, of: days.length, most }))}
        </svg>
        <figcaption class="axis" aria-hidden="true">
          ${ticks(days).map((day) => html`<span>${dateOf(day)}</span>`)}
        </figcaption>
      </figure>
      <details id="chart-table">
        <summary id="chart-table-summary">Show the days as a table</summary>
        <div class="scroll" tabindex="0" role="region" aria-label="Days as a table">
          ${daysTable(days)}
        </div>
      </details>`,
  )
}

function bar(
  { date, count, cost }: DailySum,
  { place, of, most }: { place: number; of: number; most: number },
): Html {
  const step = 100 / of
  const height = cost === 0 ? 0 : Math.max(BAR_MIN, (cost / most) * 100)
  const x = place * step + (step * (1 - BAR_WIDTH)) / 2
  return html`<g class="day">
    <title>${dateOf(date)}: ${display(cost)}, ${counted(count, 'generation')}</title>
    <rect class="hit" x="${percent(place * step)}" y="0" width="${percent(step)}" height="100%" />
    <rect
      class="bar"
      rx="2"
      x="${percent(x)}"
      y="${percent(100 - height)}"
      width="${percent(step * BAR_WIDTH)}"
      height="${percent(height)}"
    />
  </g>`
}

/** Returns the days to label below the bars: the first, the last and up to three between. */
function ticks(days: readonly DailySum[]): string[] {
  const last = days.length - 1
  const places = [...new Set([0, 0.25, 0.5, 0.75, 1].map((part) => Math.round(part * last)))]
  return places.flatMap((place) => days[place]?.date ?? [])
}

function daysTable(days: readonly DailySum[]): Html {
  return table(
    [
      { label: 'Day' },
      { label: 'Generations', kind: 'number' },
      { label: 'Credits', kind: 'number' },
    ],
    days.toReversed().map(
      ({ date, count, cost }) =>
        html`<tr>
          <th scope="row">${date}</th>
          <td class="number">${count}</td>
          <td class="number">${display(cost)}</td>
        </tr>`,
    ),
  )
}
