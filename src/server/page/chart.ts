import { display, displayCost } from '../../money.ts'
import { html, type Html } from './html.ts'
import { counted, dateOf } from './words.ts'

/** One bar: a UTC day, its generations and what they cost in micro-dollars. */
export type Day = { date: string; count: number; cost: number }

/** Share of its place that a bar fills, and the least height of one that is not zero, in percent. */
const BAR_WIDTH = 0.72
const BAR_MIN = 1.5

/** The bar chart of daily usage, its total and average, and the same numbers as a table. */
export function chart(days: readonly Day[], period = `Last ${days.length} days`): Html {
  const total = days.reduce((sum, { cost }) => sum + cost, 0)
  const most = days.reduce((found, { cost }) => Math.max(found, cost), 0)
  const average = days.length === 0 ? 0 : Math.round(total / days.length)
  return html`<section class="panel" id="chart" data-live aria-labelledby="chart-title">
    <header class="panel-head">
      <h2 id="chart-title">Daily Credit Usage <small>${period}</small></h2>
      <p class="note" id="chart-sum">
        Total <strong>${display(total)}</strong>, average
        <strong>${displayCost(average)}</strong> per day
      </p>
    </header>
    <figure class="chart">
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
      ${table(days)}
    </details>
  </section>`
}

function bar(
  { date, count, cost }: Day,
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

function percent(value: number): string {
  return `${value.toFixed(2)}%`
}

/** The days named under the bars: the first, the last and some between. */
function ticks(days: readonly Day[]): string[] {
  const last = days.length - 1
  const places = [...new Set([0, 0.25, 0.5, 0.75, 1].map((part) => Math.round(part * last)))]
  return places.flatMap((place) => days[place]?.date ?? [])
}

function table(days: readonly Day[]): Html {
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Days as a table">
    <table>
      <thead>
        <tr>
          <th scope="col">Day</th>
          <th scope="col" class="number">Generations</th>
          <th scope="col" class="number">Credits</th>
        </tr>
      </thead>
      <tbody>
        ${days.toReversed().map(
          ({ date, count, cost }) =>
            html`<tr>
              <th scope="row">${date}</th>
              <td class="number">${count}</td>
              <td class="number">${display(cost)}</td>
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`
}
