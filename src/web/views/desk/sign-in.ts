import type { Mode } from '../../../mode.ts'
import { alertBox, type Alert } from '../alert.ts'
import { brand } from '../brand.ts'
import { centered, type Page } from '../document.ts'
import { html } from '../html.ts'
import { keyField } from '../sign-in.ts'

/** Renders the page for a browser that is not signed in. Afterwards it leads to the path `next`. */
export function deskSignInPage(mode: Mode, alert: Alert | null, next: string): Page {
  const content = html`<h1>Sign in as the operator</h1>
    ${alert && html`<div id="key-problem">${alertBox(alert)}</div>`}
    <form method="post" action="/admin/sign-in" class="stack">
      <input type="hidden" name="next" value="${next}" />
      ${keyField('Admin key', alert, 'inkadm_…')}
      <button type="submit">Sign in</button>
    </form>
    <p class="note">
      At the machine of the server, <code>inkwell admin open</code> opens this page signed in, and
      <code>inkwell admin keys create --scopes read,money</code> makes a key.
    </p>`
  return { title: 'Operator', script: false, body: centered(brand(mode), content) }
}
