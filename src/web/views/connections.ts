import { csrfField } from './csrf.ts'
import type { Connection } from '../../connect/connections.ts'
import { termTexts } from '../../connect/terms.ts'
import { counted, dateOf, exactly, timeOf } from './format.ts'
import { html, type Html } from './html.ts'
import { panel } from './panel.ts'
import { termFields } from './terms.ts'

/** The connections of an account, and whether the visitor may change them. */
export type Connections = { live: readonly Connection[]; mayChange: boolean }

/** Renders the hosts that people let in, with what they may spend. Not live: an update must not change what is typed. */
export function connectionsPanel({ live, mayChange }: Connections, csrf: string): Html {
  const body =
    live.length === 0
      ? html`<p class="empty">
          No connections. A client that adds this server by its address asks you here.
        </p>`
      : html`<ul class="items">
          ${live.map((connection) => item(connection, mayChange ? csrf : null))}
        </ul>`
  const aside =
    live.length > 1 ? html`<p class="note">${counted(live.length, 'connection')}</p>` : null
  return panel(
    { id: 'connections', title: 'Connections', isLive: false, ...(aside !== null && { aside }) },
    body,
  )
}

function item(connection: Connection, csrf: string | null): Html {
  const { id, name, sendsTo, lastUsedAt } = connection
  const action = `/page/connections/${id}`
  return html`<li>
    <p>
      <bdi><strong>${name ?? id}</strong></bdi>
    </p>
    <p class="note">
      ${limitsOf(connection)}.
      ${lastUsedAt === null ? 'Not used yet' : `Last used ${timeOf(lastUsedAt)}`}. Went to
      ${sendsTo}.
    </p>
    ${
      csrf !== null &&
      html`<details id="change-${id}">
          <summary>Change the limits</summary>
          <form method="post" action="${action}" class="stack">
            ${csrfField(csrf)} ${termFields({ values: termTexts(connection), problem: null, id })}
            <label class="choice"
              ><input type="checkbox" name="unlimited" value="yes" />No limit a day, a month or in
              total</label
            >
            <button type="submit" aria-label="Save the limits of ${name ?? id}">Save</button>
          </form>
        </details>
        <form method="post" action="${action}/end">
          ${csrfField(csrf)}
          <button class="quiet" type="submit" aria-label="End the connection of ${name ?? id}">
            End
          </button>
        </form>`
    }
  </li>`
}

/** Returns what a connection may spend, in words: `$1.00 a day, at most $0.25 a call, until Jan 31, 2027`. */
function limitsOf({ caps, expiresAt }: Connection): string {
  const limits = [
    caps.day !== null && `${exactly(caps.day)} a day`,
    caps.month !== null && `${exactly(caps.month)} a month`,
    caps.total !== null && `${exactly(caps.total)} in total`,
  ].filter((limit) => limit !== false)
  return [
    ...(limits.length === 0 ? ['No limit on the sum'] : limits),
    ...(caps.call === null ? [] : [`at most ${exactly(caps.call)} a call`]),
    ...(expiresAt === null ? [] : [`until ${dateOf(new Date(expiresAt - 1))}`]),
  ].join(', ')
}
