import type { Choice, UsagePage } from '../../usage/page.ts'
import { countDays } from '../../usage/periods.ts'
import { DIVISIONS, type Division, type Narrowing } from '../../usage/question.ts'
import type { Bar, Part } from '../../usage/spending.ts'
import { addressOf } from './address.ts'
import { failureMark, failureWords } from './failure-mark.ts'
import { counted, dateOf, exactly, modelName, monthName, rangeOfDays, rounded } from './format.ts'
import { html, type Html } from './html.ts'
import { panel } from './panel.ts'
import { table } from './table.ts'

/** Minimum height of a bar that is not zero, in percent. */
const BAR_MIN = 1.5
/** Positions of the tips, from the left edge to the right one. */
const TIP_PLACES = 10

const DIVISION_NAMES: Readonly<Record<Division, string>> = {
  model: 'Model',
  tool: 'Tool',
  key: 'Key',
  session: 'Session',
}

/** Renders spending as bars by day, or by month for a long range, each divided into its largest parts. */
export function stackedChart(usage: UsagePage): Html {
  const { bars, parts, total, unit } = usage.spending
  const most = bars.reduce((found, { cost }) => Math.max(found, cost), 0)
  const days = countDays(usage.question.range)
  const sum =
    usage.question.filter.kind === 'failed'
      ? html`<p class="note" id="chart-sum">${failureWords(usage.failures?.count ?? 0)}</p>`
      : html`<p class="note" id="chart-sum">
          Total <strong>${rounded(total.cost)}</strong>, average
          <strong>${rounded(Math.round(total.cost / days))}</strong> per day
        </p>`
  return panel(
    { id: 'chart', title: html`${title(usage)} <small>${period(usage)}</small>`, aside: sum },
    html`${divisions(usage)}
      <figure class="chart" aria-labelledby="chart-title chart-sum">
        <span class="chart-most" aria-hidden="true">${most > 0 && exactly(most)}</span>
        <ol class="stacks ${unit}" id="bars">
          ${bars.map((bar, place) => column(usage, bar, { place, of: bars.length, most }))}
        </ol>
        <figcaption class="axis" aria-hidden="true">
          ${ticks(bars).map((bar) => html`<span>${barName(bar, unit)}</span>`)}
        </figcaption>
      </figure>
      ${legend(usage)}
      <details id="chart-table">
        <summary id="chart-table-summary">Show the numbers as a table</summary>
        <div class="scroll" tabindex="0" role="region" aria-label="The numbers as a table">
          ${numbersTable(usage, parts)}
        </div>
      </details>`,
  )
}

function title({ question, spending }: UsagePage): string {
  const each = spending.unit === 'day' ? 'Daily' : 'Monthly'
  const names = {
    charges: 'Credit Usage',
    refunds: 'Refunds',
    'top-ups': 'Top-ups',
    failed: 'Failures',
  } as const
  return `${each} ${names[question.filter.kind ?? 'charges']}`
}

function period({ question }: UsagePage): string {
  const { range, period: chosen } = question
  return chosen === '7d' || chosen === '30d' || chosen === '90d'
    ? `Last ${countDays(range)} days`
    : rangeOfDays(range)
}

function divisions({ question }: UsagePage): Html {
  return html`<nav class="segments small" aria-label="Divide the bars by">
    ${DIVISIONS.map(
      (by) =>
        html`<a
          id="by-${by}"
          href="${addressOf(question, { by }, 'chart')}"
          ${question.by === by && html`aria-current="true"`}
          >${DIVISION_NAMES[by]}</a
        >`,
    )}
  </nav>`
}

/** A bar is a link to its days. Its tip shows while it has the focus or the pointer. */
function column(
  usage: UsagePage,
  bar: Bar,
  { place, of, most }: { place: number; of: number; most: number },
): Html {
  const { unit, parts } = usage.spending
  const name = barName(bar, unit, true)
  const failed = failuresIn(usage, bar)
  const words = [
    `${exactly(bar.cost)}, ${counted(bar.count, unitOf(usage))}`,
    ...(failed > 0 ? [failureWords(failed)] : []),
  ]
  const at = of === 1 ? TIP_PLACES / 2 : Math.round((place / (of - 1)) * TIP_PLACES)
  return html`<li>
    <a
      class="stack-link"
      id="bar-${bar.from}"
      href="${addressOf(usage.question, { days: bar })}"
      ${place < of - 1 && html`tabindex="-1"`}
      aria-label="${name}: ${words.join(', ')}"
    >
      ${failed > 0 && failureMark()}
      <svg viewBox="0 0 10 100" preserveAspectRatio="none" aria-hidden="true">
        ${segments(bar, most)}
      </svg>
    </a>
    <span class="tip tip-${at}" aria-hidden="true">
      <strong>${name}</strong>
      ${words.map((line) => html`<span>${line}</span>`)}
      ${parts.map((part, index) => {
        const cost = bar.parts[index] ?? 0
        return cost !== 0 && parts.length > 1
          ? html`<span class="tip-part"
              >${swatch(part, index)}<bdi>${partName(usage, part)}</bdi> ${exactly(cost)}</span
            >`
          : null
      })}
    </span>
  </li>`
}

/** The refused and failed calls of the days of a bar. */
function failuresIn({ failures }: UsagePage, { from, to }: Bar): number {
  const days = [...(failures?.byDay ?? [])].filter(([day]) => day >= from && day <= to)
  return days.reduce((total, [, count]) => total + count, 0)
}

function segments({ parts, cost }: Bar, most: number): Html[] {
  if (cost <= 0 || most === 0) return []
  const scale = Math.max(BAR_MIN, (cost / most) * 100) / cost
  let top = 100
  return parts.map((part, index) => {
    const height = Math.max(0, part) * scale
    top -= height
    return height === 0
      ? html``
      : html`<rect
          class="part-${index}"
          x="0"
          y="${top.toFixed(2)}"
          width="10"
          height="${height.toFixed(2)}"
        />`
  })
}

function legend(usage: UsagePage): Html {
  const { parts, total } = usage.spending
  if (parts.length === 0) return html``
  return html`<ul class="legend" aria-label="By ${usage.question.by}">
    ${parts.map((part, index) => {
      const share = total.cost === 0 ? 0 : Math.round((part.cost / total.cost) * 100)
      const filter = narrowing(usage.question.by, part)
      const text = html`${swatch(part, index)}<bdi>${partName(usage, part)}</bdi>
        <span class="note"
          >${exactly(part.cost)} · ${counted(part.count, unitOf(usage))} · ${share}%</span
        >`
      return filter === null
        ? html`<li><span class="legend-item">${text}</span></li>`
        : html`<li>
            <a class="legend-item" href="${addressOf(usage.question, { filter })}">${text}</a>
          </li>`
    })}
  </ul>`
}

function narrowing(by: Division, { id }: Part): Narrowing | null {
  if (id === null) return null
  if (by === 'key') return { keyId: id }
  if (id === '') return null
  if (by === 'session') return { sessionId: id }
  return by === 'model' ? { model: id } : { operation: id as NonNullable<Narrowing['operation']> }
}

function swatch({ id }: Part, index: number): Html {
  return html`<svg class="swatch" viewBox="0 0 10 10" aria-hidden="true">
    <rect class="${id === null ? 'part-5' : `part-${index}`}" width="10" height="10" rx="2" />
  </svg>`
}

function partName({ question, keys, sessions, sessionNames }: UsagePage, { id }: Part): string {
  if (id === null) return 'All others'
  const named = (choices: readonly Choice[]): string =>
    choices.find((choice) => choice.id === id)?.label ?? id
  if (question.by === 'key') return id === '' ? 'Without a key' : named(keys)
  if (id === '') return 'Top-ups'
  if (question.by === 'session') return sessionNames.get(id) ?? named(sessions)
  return question.by === 'model' ? modelName(id) : id
}

function unitOf({ question }: UsagePage): string {
  const { kind } = question.filter
  return kind === 'refunds' ? 'refund' : kind === 'top-ups' ? 'top-up' : 'generation'
}

function barName({ from }: Bar, unit: 'day' | 'month', isWhole = false): string {
  if (unit === 'month') return isWhole ? monthName(from) : monthName(from).slice(0, 3)
  return dateOf(from)
}

/** Returns the bars to label: the first, the last and up to three between. */
function ticks(bars: readonly Bar[]): Bar[] {
  const last = bars.length - 1
  const places = [...new Set([0, 0.25, 0.5, 0.75, 1].map((part) => Math.round(part * last)))]
  return places.flatMap((place) => bars[place] ?? [])
}

function numbersTable(usage: UsagePage, parts: readonly Part[]): Html {
  const { bars, unit } = usage.spending
  const shown = parts.length > 1 ? parts : []
  const hasFailures = (usage.failures?.count ?? 0) > 0
  return table(
    [
      { label: unit === 'day' ? 'Day' : 'Month' },
      { label: 'Number', kind: 'number' },
      ...shown.map((part) => ({
        label: html`<bdi>${partName(usage, part)}</bdi>`,
        kind: 'number' as const,
      })),
      { label: 'Credits', kind: 'number' },
      ...(hasFailures ? [{ label: 'Refused or failed', kind: 'number' as const }] : []),
    ],
    bars.toReversed().map(
      (bar) =>
        html`<tr>
          <th scope="row">
            <a href="${addressOf(usage.question, { days: bar })}"
              >${unit === 'day' ? bar.from : monthName(bar.from)}</a
            >
          </th>
          <td class="number">${bar.count.toLocaleString('en-US')}</td>
          ${shown.map((_, index) => html`<td class="number">${exactly(bar.parts[index] ?? 0)}</td>`)}
          <td class="number">${exactly(bar.cost)}</td>
          ${hasFailures && html`<td class="number">${failuresIn(usage, bar)}</td>`}
        </tr>`,
    ),
  )
}
