import { csrfField } from '../csrf.ts'
import { display, parseSignedUsd } from '../../../money.ts'
import { ACTS, type ActForm, type ActName } from '../../../operator/acts.ts'
import type { AccountUse } from '../../../usage/accounts.ts'
import { alertBox } from '../alert.ts'
import type { Page } from '../document.ts'
import { counted, exactly } from '../format.ts'
import { html, type Html } from '../html.ts'
import { panel } from '../panel.ts'
import { ACT_WORDS, actForm, type ActProblem } from './act-forms.ts'
import { deskPage, type DeskFrame } from './frame.ts'

/** An act that is asked for, of an account as it is now. */
export type ShownAct = { name: ActName; account: AccountUse; form: ActForm }

/** Renders the form of an act on a page of its own. */
export function actFormPage(
  frame: DeskFrame,
  { name, account, form, problem }: ShownAct & { problem: ActProblem | null },
): Page {
  const { title } = ACT_WORDS[name]
  return actPage(frame, {
    title,
    account,
    body: html`${problem !== null && problem.field === null && alertBox(problem)}
    ${actForm({ accountId: account.id, name, form, problem })}`,
  })
}

/** Renders what an act will do, as it was rehearsed on the ledger, and the button that does it. */
export function actReviewPage(
  frame: DeskFrame,
  { name, account, form, after, requestKey }: ShownAct & { after: AccountUse; requestKey: string },
): Page {
  const { title, does } = ACT_WORDS[name]
  const fields = ACTS[name].filter((field) => form[field].trim() !== '')
  const typed = new URLSearchParams()
  for (const field of fields) typed.set(field, form[field])
  const back = `/admin/accounts/${account.id}/${name}?${typed.toString()}`
  const body = html`<p>${does}</p>
    <dl class="facts review">
      ${changes(account, after)}
      ${fields.map(
        (field) =>
          html`<dt>${LABELS[field]}</dt>
            <dd><bdi>${field === 'amount' ? dollars(form.amount) : form[field].trim()}</bdi></dd>`,
      )}
      <dt>On record as</dt>
      <dd><bdi>${frame.operator.name}</bdi></dd>
    </dl>
    <form method="post" action="/admin/accounts/${account.id}/${name}" class="confirm">
      ${csrfField(frame.csrf)}
      <input type="hidden" name="request" value="${requestKey}" />
      ${fields.map((field) => html`<input type="hidden" name="${field}" value="${form[field].trim()}" />`)}
      <button type="submit">${buttonOf(name, form)}</button>
      <a class="button quiet" href="${back}">Change</a>
      <a class="button quiet" href="/admin/accounts/${account.id}">Cancel</a>
    </form>`
  return actPage(frame, { title: `${title}?`, account, body })
}

function buttonOf(name: ActName, { amount }: ActForm): string {
  if (name === 'credit') return amount.trim().startsWith('-') ? 'Take credits' : 'Give credits'
  return name === 'refund' ? 'Give it back' : ACT_WORDS[name].title
}

function dollars(text: string): string {
  const amount = parseSignedUsd(text.trim().replace('$', ''))
  return amount === null ? text : display(amount)
}

const LABELS = { amount: 'Amount', generation: 'Generation', reason: 'Reason' } as const

function actPage(
  frame: DeskFrame,
  { title, account, body }: { title: string; account: AccountUse; body: Html },
): Page {
  return deskPage(frame, {
    title,
    body: html`<h1>${title}</h1>
      ${panel(
        {
          id: 'act',
          title: html`<bdi>${account.name}</bdi>`,
          isLive: false,
        },
        html`<p class="note id">${account.id}</p>
          ${body}`,
      )}`,
  })
}

/** Each number of the account that the act changes: before and after. */
function changes(before: AccountUse, after: AccountUse): Html[] {
  const facts: [label: string, of: (account: AccountUse) => string][] = [
    ['Balance', ({ available }) => exactly(available)],
    ['Debt', ({ debt }) => exactly(debt)],
    ['State', ({ state }) => state],
    ['Keys', ({ liveKeys }) => counted(liveKeys, 'live key')],
  ]
  const changed = facts.filter(([, of]) => of(before) !== of(after))
  const held =
    before.held > 0
      ? [
          html`<dt>In hand</dt>
            <dd>${exactly(before.held)} stays held</dd>`,
        ]
      : []
  if (changed.length === 0)
    return [
      html`<dt>Changes</dt>
        <dd>nothing</dd>`,
      ...held,
    ]
  return [
    ...changed.map(
      ([label, of]) =>
        html`<dt>${label}</dt>
          <dd>${of(before)} → <strong>${of(after)}</strong></dd>`,
    ),
    ...held,
  ]
}
