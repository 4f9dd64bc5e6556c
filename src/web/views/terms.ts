import type { TermField } from '../../connect/terms.ts'
import { html, type Html } from './html.ts'

/** The texts of the fields, and what is wrong with one of them. */
export type TermsForm = {
  values: Readonly<Record<TermField, string>>
  problem: { field: string; message: string; hint: string } | null
  /** Distinguishes the fields of several forms on a page. */
  id: string
}

const LABELS: Readonly<Record<TermField, string>> = {
  day: 'US $ a day',
  month: 'US $ a month',
  total: 'US $ in total',
  call: 'US $ a single call',
  until: 'Until the end of',
}

/** Renders the fields for what a connection may spend, and until when. A blank one is no limit. */
export function termFields(form: TermsForm): Html {
  return html`<div class="pair">${amount('day', form)}${amount('month', form)}</div>
    <div class="pair">${amount('total', form)}${amount('call', form)}</div>
    ${field('until', form, html`type="date"`)}`
}

function amount(name: TermField, form: TermsForm): Html {
  return field(name, form, html`inputmode="decimal" placeholder="no limit" maxlength="20"`)
}

function field(name: TermField, { values, problem, id }: TermsForm, kind: Html): Html {
  const wrong = problem?.field === name ? problem : null
  const noteId = `${id}-${name}-problem`
  return html`<div>
    <label
      >${LABELS[name]}<input
        name="${name}"
        ${kind}
        autocomplete="off"
        value="${values[name]}"
        ${wrong && html`aria-invalid="true" aria-describedby="${noteId}" autofocus`}
    /></label>
    ${wrong && html`<p class="field-problem" id="${noteId}"><strong>${wrong.message}</strong> ${wrong.hint}</p>`}
  </div>`
}
