import {
  ORDERS,
  type AccountsAsked,
  type ListedAccount,
  type ListedAccounts,
  type Order,
} from '../../../usage/desk/accounts.ts'
import { RANKED } from '../../../usage/desk/ranks.ts'
import { exactly, rounded } from '../format.ts'
import { html, type Html } from '../html.ts'
import { panel } from '../panel.ts'
import { searchBox } from '../search.ts'
import { table, type Column } from '../table.ts'
import { csvLink } from './frame.ts'

const ORDER_NAMES: Readonly<Record<Order, string>> = {
  newest: 'Newest',
  name: 'By name',
  spent: 'Most spent',
  balance: 'Lowest balance',
}

const COLUMNS: readonly Column[] = [
  { label: 'Account' },
  { label: '30 days', kind: 'category' },
  { label: 'Balance', kind: 'number' },
  { label: 'Today', kind: 'number' },
  { label: 'Month', kind: 'number' },
]

const SEARCH = {
  action: '/admin',
  maxLength: 100,
  placeholder: 'Part of a name, or any id',
  label: 'Search by name, or by an id of an account, key or generation',
}

/** Minimum height of a bar that is not zero, as a share of the highest. */
const BAR_MIN = 0.08

/** Renders a page of the accounts: what each spent lately, what it has, and its state. */
export function accountsPanel({ accounts, next }: ListedAccounts, asked: AccountsAsked): Html {
  const { order, words, after } = asked
  const isRanked = order === 'spent' || order === 'balance'
  const to = (change: Partial<AccountsAsked>): string => addressOf({ ...asked, ...change })
  const rows =
    accounts.length === 0
      ? html`<p class="empty">
          ${words === '' ? 'No accounts yet.' : html`No account has “<bdi>${words}</bdi>” in its name.`}
        </p>`
      : html`${table(COLUMNS, accounts.map(row), 'accounts')}`
  const hasOthers = isRanked || after !== undefined || next !== null
  const pager = (): Html | null =>
    hasOthers
      ? html`<nav class="pager" aria-label="Pages of the accounts">
          ${isRanked && html`<p class="note">The first ${RANKED}, counted a moment ago.</p>`}
          ${after !== undefined && html`<a class="button quiet" href="${to({ after: undefined })}#accounts">First</a>`}
          ${next !== null && html`<a class="button quiet" rel="next" href="${to({ after: next })}#accounts">Next</a>`}
        </nav>`
      : null
  return panel(
    {
      id: 'accounts',
      title: 'Accounts',
      aside: csvLink(to({ after: undefined }).replace('/admin', '/admin/accounts.csv')),
      isLive: false,
    },
    html`<div class="question-row">
        ${searchBox(words, SEARCH)}
        <nav class="segments" aria-label="Order of the accounts">
          ${ORDERS.map(
            (each) =>
              html`<a
                href="${addressOf({ order: each, words: '', after: undefined })}"
                ${order === each && html`aria-current="true"`}
                >${ORDER_NAMES[each]}</a
              >`,
          )}
        </nav>
      </div>
      ${rows} ${pager()}`,
  )
}

function addressOf({ order, words, after }: AccountsAsked): string {
  const query = new URLSearchParams({
    ...(order !== ORDERS[0] && { order }),
    ...(words !== '' && { q: words }),
    ...(after !== undefined && { after }),
  }).toString()
  return `/admin${query && `?${query}`}`
}

function row(account: ListedAccount): Html {
  const { id, name, available, held, debt, spentToday, spentThisMonth } = account
  return html`<tr>
    <th scope="row">
      <a href="/admin/accounts/${id}"><bdi>${name}</bdi></a> ${stateBadge(account)}
      <span class="note id">${id}</span>
    </th>
    <td class="category">${sparkline(account.days)}</td>
    <td class="number">
      ${debt > 0 ? html`<span class="owes">−${exactly(debt)}</span>` : rounded(available, 'balance')}
      ${held > 0 && html`<span class="note">${exactly(held)} held</span>`}
    </td>
    <td class="number">${rounded(spentToday)}</td>
    <td class="number">${rounded(spentThisMonth)}</td>
  </tr>`
}

/** Renders the state of an account that is not open. */
export function stateBadge({ state }: Pick<ListedAccount, 'state'>): Html {
  return html`${state !== 'open' && html`<span class="badge failed">${state}</span>`}`
}

function sparkline(days: readonly number[]): Html {
  const total = days.reduce((sum, amount) => sum + amount, 0)
  if (total === 0) return html`<span class="note">nothing</span>`
  const most = Math.max(...days)
  const last = days.findLastIndex((amount) => amount > 0)
  return html`<svg
      class="bars"
      role="img"
      viewBox="0 0 ${days.length} 1"
      preserveAspectRatio="none"
      aria-label="${exactly(total)} in ${days.length} days, at most ${exactly(most)} a day, last ${ago(days.length - 1 - last)}"
    >
      <path class="bar" d="${days.map((amount, place) => bar(amount / most, place)).join('')}" />
    </svg>
    <span class="note">${rounded(total)}</span>`
}

/** Draws the bar of a day as a part of a path: all in one element, because a page has hundreds of days. */
function bar(share: number, place: number): string {
  if (share === 0) return ''
  return `M${place} 1V${(1 - Math.max(BAR_MIN, share)).toFixed(2)}h.75V1`
}

function ago(days: number): string {
  if (days === 0) return 'today'
  return days === 1 ? 'yesterday' : `${days} days ago`
}
