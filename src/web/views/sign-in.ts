import type { Mode } from '../../mode.ts'
import { alertBox, type Alert } from './alert.ts'
import { brand } from './brand.ts'
import { centered, type Page } from './document.ts'
import { html, type Html } from './html.ts'

/** Renders the page for a browser that is not signed in. Afterwards it leads to the path `next`. */
export function signInPage(
  mode: Mode,
  alert: Alert | null,
  next = '/',
  identityHost: string | null = null,
): Page {
  const content = html`<h1>Sign in to see your usage</h1>
    ${alert && html`<div id="key-problem">${alertBox(alert)}</div>`}
    ${identityHost !== null && identityLink(identityHost, next)}
    <form method="post" action="/page/sign-in" class="stack">
      <input type="hidden" name="next" value="${next}" />
      ${keyField('API key', alert)}
      <button type="submit">Sign in</button>
    </form>
    <p class="note">
      The operator of this server gives out keys. Yours needs the permission to read usage
      (credits:read).
    </p>`
  return { title: 'Sign in', script: true, body: centered(brand(mode), content) }
}

/** Renders the field of a form to sign in. An error is told by the element `key-problem`. */
export function keyField(label: string, alert: Alert | null, looks = 'ink_…'): Html {
  return html`<label
    >${label}<input
      name="key"
      type="password"
      autocomplete="current-password"
      spellcheck="false"
      placeholder="${looks}"
      required
      autofocus
      ${alert?.isError !== false && alert !== null && html`aria-invalid="true" aria-describedby="key-problem"`}
  /></label>`
}

/** Renders the way through the operator's identity provider. */
export function identityLink(host: string, next: string): Html {
  const href = `/page/identity?next=${encodeURIComponent(next)}`
  return html`<p><a class="button" href="${href}">Sign in with ${host}</a></p>
    <p class="note">Or with an API key:</p>`
}
