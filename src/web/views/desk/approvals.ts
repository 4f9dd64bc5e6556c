import type { ShownApproval } from '../../../approvals/list.ts'
import { ageOf, counted, exactly, modelName, timeOf } from '../format.ts'
import { html, type Html } from '../html.ts'
import { panel } from '../panel.ts'
import { table } from '../table.ts'
import { csvLink } from './frame.ts'

type Waiting = {
  approvals: readonly ShownApproval[]
  names: ReadonlyMap<string, string>
  nowMs: number
}

/**
 * Renders the calls that wait for a person, of all accounts or of one. It shows no prompt, and decides nothing: that is for
 * the people of the account.
 */
export function approvalsPanel({ approvals, names, nowMs }: Waiting, accountId?: string): Html {
  const query = accountId === undefined ? '' : `?account=${accountId}`
  const body =
    approvals.length === 0
      ? html`<p class="empty">No call waits for an approval.</p>`
      : table(
          [{ label: 'Asked' }, { label: 'Call' }, { label: 'Price', kind: 'number' }],
          approvals.map((approval) =>
            row(approval, { names, nowMs, isOfOne: accountId !== undefined }),
          ),
          'acts approvals',
        )
  const aside = csvLink(`/admin/approvals.csv${query}`)
  return panel({ id: 'approvals', title: 'Approvals', aside, isLive: false }, body)
}

function row(
  approval: ShownApproval,
  { names, nowMs, isOfOne }: Pick<Waiting, 'names' | 'nowMs'> & { isOfOne: boolean },
): Html {
  const { account_id, key_id, key_name, status, count, operation, model } = approval
  return html`<tr>
    <td class="date">
      <time datetime="${new Date(approval.created_at).toISOString()}"
        >${ageOf(nowMs - approval.created_at)} ago</time
      >
    </td>
    <td>
      <bdi>${modelName(model)}</bdi>
      <span class="note">${counted(count, 'output')} by ${operation}</span>
      ${!isOfOne && html`<a class="to-page" href="/admin/accounts/${account_id}"><bdi>${names.get(account_id) ?? account_id}</bdi></a>`}
      <span class="note"
        >${key_id !== '' && html`key <bdi>${key_name ?? key_id}</bdi>, `}${status} until
        ${timeOf(approval.expires_at)}</span
      >
    </td>
    <td class="number">${exactly(approval.amount)}</td>
  </tr>`
}
