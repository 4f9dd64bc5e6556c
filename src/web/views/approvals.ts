import { csrfField } from './csrf.ts'
import type { ShownApproval } from '../../approvals/list.ts'
import { counted, exactly, modelName, timeOf } from './format.ts'
import { html, type Html } from './html.ts'

/** Calls that wait for a person, and whether the visitor may decide. */
export type Approvals = { waiting: readonly ShownApproval[]; mayDecide: boolean }

/** Renders the calls that wait. The region is always there, so that one that comes later appears by itself. */
export function approvalsRegion({ waiting, mayDecide }: Approvals, csrf: string): Html {
  return html`<section
    class="states"
    id="approvals"
    tabindex="-1"
    data-live
    ${waiting.length === 0 && html`hidden`}
    aria-label="Calls that wait for approval"
  >
    ${waiting.map((approval) => approvalBox(approval, mayDecide ? csrf : null))}
  </section>`
}

/** Renders one approval: what it is for, how it stands, and the buttons, for a visitor with a token. */
export function approvalBox(approval: ShownApproval, csrf: string | null): Html {
  const { id, status, prompt, key_name, key_id } = approval
  const isOpen = status === 'pending' || status === 'approved'
  return html`<div class="state ${isOpen ? 'warns' : ''}">
    <p>
      <strong>${titleOf(approval)}</strong> ${workOf(approval)}${
        prompt !== null && html`: <q class="asked"><bdi>${prompt}</bdi></q>`
      }.
      ${key_id !== '' && html`Asked with the key <bdi>${key_name ?? key_id}</bdi>.`}
      ${nextOf(approval)} ${isOpen && csrf === null && MAY_NOT}
    </p>
    ${isOpen && csrf !== null && buttons({ id, status, csrf, cost: exactly(approval.amount) })}
  </div>`
}

const MAY_NOT =
  'This sign-in may not decide: sign in with a key that may buy credits, or with a link from the operator of this server.'

type Buttons = Pick<ShownApproval, 'id' | 'status'> & { csrf: string; cost: string }

function buttons({ id, status, csrf, cost }: Buttons): Html {
  return html`<form method="post" action="/page/approvals/${id}" class="decide">
    ${csrfField(csrf)}
    ${
      status === 'pending' &&
      html`<button type="submit" name="says" value="approve" id="approve-${id}">
        Approve ${cost}
      </button>`
    }
    <button class="quiet" type="submit" name="says" value="refuse" id="refuse-${id}">
      ${status === 'pending' ? 'Refuse' : 'Take it back'}
    </button>
  </form>`
}

function titleOf({ status, amount }: ShownApproval): string {
  const cost = exactly(amount)
  return {
    pending: `An agent asks for ${cost}.`,
    approved: `${cost} is approved.`,
    refused: `${cost} was refused.`,
    expired: `Nobody decided on ${cost} in time, or the call did not come.`,
    used: `${cost} was approved, and the call went on.`,
  }[status]
}

function workOf({ count, operation, model }: ShownApproval): string {
  return `${counted(count, 'output')} by ${operation} with ${modelName(model)}`
}

function nextOf({ status, expires_at, generation_id }: ShownApproval): Html | string {
  const until = timeOf(expires_at)
  if (status === 'pending') return `The price is held, and nothing made, until ${until}.`
  if (status === 'approved')
    return `It goes on once the agent makes the same call again, until ${until}.`
  if (status !== 'used') return 'Nothing is held for it.'
  return html`<a href="/g/${generation_id}">See what was made</a>.`
}
