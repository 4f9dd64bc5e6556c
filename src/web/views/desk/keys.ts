import { isLive, type KeyCaps } from '../../../accounts/api-key.ts'
import type { GroupCaps } from '../../../accounts/groups.ts'
import type { DeskAccount } from '../../../usage/desk/account.ts'
import { dateOf, exactly, rounded, timeOf } from '../format.ts'
import { html, type Html } from '../html.ts'
import { panel } from '../panel.ts'
import { csvLink } from './frame.ts'

type Key = DeskAccount['keys'][number]

/** Renders the keys of an account, newest first: state, caps, what each spent, last use. */
export function keysPanel(
  { account, keys, hasMoreKeys, groups }: DeskAccount,
  nowMs: number,
): Html {
  const aside = csvLink(`/admin/accounts/${account.id}/keys.csv`)
  const groupNames = new Map(groups.map(({ id, name }) => [id, name]))
  const body =
    keys.length === 0
      ? html`<p class="empty">No keys yet.</p>`
      : html`<ul class="connections">
          ${keys.map((key) => item(key, { nowMs, group: groupNames.get(key.groupId ?? '') }))}
        </ul>`
  return panel(
    { id: 'keys', title: 'Keys', aside, isLive: false },
    html`${body} ${hasMoreKeys && html`<p class="note">There are older ones, too.</p>`}`,
  )
}

function item(
  { id, kind, name, prefix, caps, spent, lastUsedAt, revokedAt, expiresAt }: Key,
  { nowMs, group }: { nowMs: number; group: string | undefined },
): Html {
  const ended = revokedAt === null ? 'expired' : 'revoked'
  return html`<li>
    <p>
      <bdi><strong>${name ?? (prefix || id)}</strong></bdi>
      ${kind === 'connection' && html`<span class="badge">connection</span>`}
      ${!isLive({ revokedAt, expiresAt }, nowMs) && html`<span class="badge failed">${ended}</span>`}
    </p>
    <p class="note">
      ${rounded(spent)} spent,
      ${lastUsedAt === null ? 'never used' : `last used ${timeOf(lastUsedAt)}`}.
      ${capsText(caps)}${group !== undefined && html` Group <bdi>${group}</bdi>.`}${expiresAt !== null && ` Until ${dateOf(new Date(expiresAt))}.`}
    </p>
    <p class="note id">${id}</p>
  </li>`
}

/** Renders the groups of an account: their caps, and what each spent. */
export function groupsPanel(groups: DeskAccount['groups']): Html | null {
  if (groups.length === 0) return null
  return panel(
    { id: 'groups', title: 'Groups', isLive: false },
    html`<ul class="connections">
      ${groups.map(
        ({ id, name, caps, spent }) =>
          html`<li>
            <p>
              <bdi><strong>${name}</strong></bdi>
            </p>
            <p class="note">${rounded(spent)} spent. ${capsText(caps)}</p>
            <p class="note id">${id}</p>
          </li>`,
      )}
    </ul>`,
  )
}

const CAP_WORDS: Readonly<Record<keyof KeyCaps, string>> = {
  session: 'a session',
  day: 'a day',
  month: 'a month',
  total: 'in total',
  call: 'a call',
  approveAbove: 'a call without an approval',
}

function capsText(caps: KeyCaps | GroupCaps): string {
  const set = Object.entries(caps).flatMap(([scope, cap]) =>
    cap === null ? [] : [`${exactly(cap)} ${CAP_WORDS[scope as keyof KeyCaps]}`],
  )
  return set.length === 0 ? 'No caps.' : `At most ${set.join(', ')}.`
}
