import type { Account } from '../../../accounts/accounts.ts'
import { ACTS, type ActField, type ActForm, type ActName } from '../../../operator/acts.ts'
import { html, type Html } from '../html.ts'
import { panel } from '../panel.ts'

/** What is wrong with a form, and at which field; null for no field. */
export type ActProblem = { field: ActField | null; message: string; hint: string }

/** The words of each act: its name, and what it does. */
export const ACT_WORDS: Readonly<Record<ActName, { title: string; does: string }>> = {
  credit: {
    title: 'Credit or correct',
    does: 'Gives credits; an amount below zero takes available ones. An open debt is paid first.',
  },
  refund: {
    title: 'Give a charge back',
    does: 'Gives back what one generation was charged, once. Its files stay.',
  },
  suspend: {
    title: 'Suspend',
    does: 'Refuses paid calls and purchases from now on. Work in hand is finished and charged; everything can still be read.',
  },
  resume: { title: 'Resume', does: 'Allows paid calls and purchases again.' },
  close: {
    title: 'Close for ever',
    does: 'Revokes every key and refuses all work. The balance stays, as what you owe. An account is never opened again.',
  },
}

const FIELDS: Readonly<Record<ActField, { label: string; attributes: Html }>> = {
  amount: {
    label: 'Amount in US dollars',
    attributes: html`inputmode="text" placeholder="5.00 or -2.00" maxlength="20" required`,
  },
  generation: {
    label: 'Generation',
    attributes: html`placeholder="gen_…" maxlength="100" spellcheck="false" required`,
  },
  reason: { label: 'Reason', attributes: html`maxlength="300"` },
}

/** Renders a form for each act that the state of an account allows. Each leads to a page that shows what will happen. */
export function actForms({ id, state }: Account): Html {
  const blank: ActForm = { amount: '', reason: '', generation: '' }
  const names: readonly ActName[] = [
    'credit',
    'refund',
    ...(state === 'closed'
      ? []
      : ([state === 'suspended' ? 'resume' : 'suspend', 'close'] as const)),
  ]
  return panel(
    { id: 'acts', title: 'Act', isLive: false },
    html`<div class="act-row">
        ${names.map(
          (name) =>
            html`<details class="act" id="act-${name}">
              <summary>${ACT_WORDS[name].title}</summary>
              ${actForm({ accountId: id, name, form: blank, problem: null })}
            </details>`,
        )}
      </div>
      <p class="note">Nothing happens before you have seen what will.</p>`,
  )
}

/** Renders the form of an act, with what is wrong at its field. */
export function actForm({
  accountId,
  name,
  form,
  problem,
}: {
  accountId: string
  name: ActName
  form: ActForm
  problem: ActProblem | null
}): Html {
  return html`<form class="stack" method="get" action="/admin/accounts/${accountId}/${name}">
    <p class="note">${ACT_WORDS[name].does}</p>
    ${ACTS[name].map((field) => fieldOf(field, { name, form, problem }))}
    <input type="hidden" name="review" value="yes" />
    <button type="submit">Review</button>
  </form>`
}

function fieldOf(
  field: ActField,
  { name, form, problem }: { name: ActName; form: ActForm; problem: ActProblem | null },
): Html {
  const { label, attributes } = FIELDS[field]
  const wrong = problem?.field === field ? problem : null
  const noteId = `${name}-${field}-problem`
  const isOptional = field === 'reason' && (name === 'resume' || name === 'close')
  return html`<div>
    <label
      >${label}${isOptional && ' (optional)'}<input
        name="${field}"
        ${attributes}
        ${field === 'reason' && !isOptional && html`required`}
        autocomplete="off"
        value="${form[field]}"
        ${wrong && html`aria-invalid="true" aria-describedby="${noteId}" autofocus`}
    /></label>
    ${wrong && html`<p class="field-problem" id="${noteId}"><strong>${wrong.message}</strong> ${wrong.hint}</p>`}
  </div>`
}
