import { csrfField } from '../csrf.ts'
import type { Mode } from '../../../mode.ts'
import type { Operator } from '../../../operator/admin-sessions.ts'
import { alertBox, type Alert } from '../alert.ts'
import { brand } from '../brand.ts'
import type { Page } from '../document.ts'
import { html, type Html } from '../html.ts'

/** What every page of the operator shows around its content. */
export type DeskFrame = {
  mode: Mode
  operator: Operator
  /** Token that every form of this operator sends. */
  csrf: string
  alert: Alert | null
}

/** Renders a page of the operator. No page of the operator runs a script. */
export function deskPage(
  { mode, operator, csrf, alert }: DeskFrame,
  { title, body, isOverview = false }: { title: string; body: Html; isOverview?: boolean },
): Page {
  return {
    title,
    script: false,
    body: html`<body class="desk">
      <a class="skip" href="#content">Skip to the content</a>
      <header class="top">
        ${brand(mode)}
        <p class="account">
          <bdi>${operator.name}</bdi>${!operator.scopes.includes('money') && ' · reads only'}
        </p>
        ${!isOverview && html`<a class="button quiet" href="/admin">All accounts</a>`}
        <form method="post" action="/admin/sign-out">
          ${csrfField(csrf)}
          <button class="quiet" type="submit">Sign out</button>
        </form>
      </header>
      <main id="content" tabindex="-1">${alert && alertBox(alert)} ${body}</main>
      <footer>
        <p class="note">
          All days and times are UTC. This page runs no script: load it again for new numbers.
        </p>
      </footer>
    </body>`,
  }
}

/** Renders a link that downloads a table. */
export function csvLink(href: string): Html {
  return html`<p class="links"><a href="${href}" download>Download CSV</a></p>`
}
