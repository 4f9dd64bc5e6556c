import { PERIODS, type Period } from '../../usage/periods.ts'
import type { UsagePage } from '../../usage/page.ts'
import type { Narrowing } from '../../usage/question.ts'
import { addressOf } from './address.ts'
import { failureWords } from './failure-mark.ts'
import { filterForm, KIND_NAMES } from './filters.ts'
import { counted, exactly, modelName, rangeOfDays, rounded, roughly } from './format.ts'
import { html, type Html } from './html.ts'

/** Names of the offered ranges. */
const PERIOD_NAMES: Readonly<Record<Period, string>> = {
  today: 'Today',
  '7d': '7 days',
  '30d': '30 days',
  '90d': '90 days',
  month: 'This month',
  'last-month': 'Last month',
}

/** Renders what the page is asked: the offered ranges, the filter and, as chips, what is set, with its sum. */
export function questionBar(usage: UsagePage): Html {
  return html`<section class="question" id="question" aria-label="What is shown">
    <div class="question-row">
      <nav class="segments" aria-label="Days">
        ${PERIODS.map((period) => periodLink(usage, period))}
      </nav>
      ${filterForm(usage)}
    </div>
    <div class="chips" id="chips" data-live>${chips(usage)}${sums(usage)}</div>
  </section>`
}

function periodLink({ question }: UsagePage, period: Period): Html {
  return html`<a
    id="days-${period}"
    href="${addressOf(question, { days: period })}"
    ${question.period === period && html`aria-current="true"`}
    >${PERIOD_NAMES[period]}</a
  >`
}

/** Each chip removes its condition. */
function chips(usage: UsagePage): Html[] {
  const { question } = usage
  const { range, period, filter } = question
  const set = Object.entries(chipNames(usage)).flatMap(([name, label]) =>
    filter[name as keyof Narrowing] === undefined
      ? []
      : [chip(label, addressOf(question, { filter: { [name]: undefined } }))],
  )
  const days = html`<span class="chip">${rangeOfDays(range)}</span>`
  return [
    period === undefined ? chip(rangeOfDays(range), addressOf(question, { days: '30d' })) : days,
    ...set,
  ]
}

function chip(label: string, href: string): Html {
  return html`<a class="chip" href="${href}"
    ><bdi>${label}</bdi> <span aria-hidden="true">×</span><span class="unseen">, remove</span></a
  >`
}

function chipNames({
  question,
  keys,
  sessions,
  sessionNames,
}: UsagePage): Record<keyof Narrowing, string> {
  const { kind, operation, modality, model, keyId, sessionId } = question.filter
  const session =
    sessions.find(({ id }) => id === sessionId)?.label ?? sessionNames.get(sessionId ?? '')
  const key = keyId === '' ? 'none' : keys.find(({ id }) => id === keyId)?.label
  return {
    kind: kind === undefined ? '' : KIND_NAMES[kind],
    model: `Model: ${modelName(model ?? '')}`,
    operation: `Tool: ${operation}`,
    modality: `Type: ${modality}`,
    keyId: `Key: ${key ?? keyId}`,
    sessionId: `Session: ${session ?? sessionId}`,
  }
}

/** The sum in words: what was done, what it cost, what came back and how it compares. */
function sums({ question, spending, before, failures }: UsagePage): Html {
  const { total, refunded } = spending
  const { kind } = question.filter
  if (kind === 'failed')
    return html`<p class="chip-sum"><strong>${failureWords(failures?.count ?? 0)}</strong></p>`
  if (kind === 'refunds' || kind === 'top-ups')
    return html`<p class="chip-sum">
      <strong
        >${counted(total.count, kind === 'refunds' ? 'refund' : 'top-up')} ·
        ${rounded(total.cost)}</strong
      >
    </p>`
  return html`<p class="chip-sum">
    <strong>${counted(total.count + refunded.count, 'call')} · ${rounded(total.cost)}</strong>
    ${refunded.cost > 0 && html`<span class="note">after ${exactly(refunded.cost)} refunded</span>`}
    ${before && html`<span class="note">${comparison(total.cost, before.cost)} ${rangeOfDays(before)} (${roughly(before.cost)})</span>`}
  </p>`
}

function comparison(cost: number, before: number): string {
  if (cost === before) return 'as much as in'
  const part = before === 0 ? null : Math.round((Math.abs(cost - before) / before) * 100)
  const change = cost > before ? 'more' : 'less'
  return part === null || part > 999 ? `${change} than in` : `${part}% ${change} than in`
}
