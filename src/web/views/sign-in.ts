import type { Mode } from '../../mode.ts'
import { alertBox, type Alert } from './alert.ts'
import { brand } from './brand.ts'
import { centered, type Page } from './document.ts'
import { html } from './html.ts'

/** Renders the page for a browser that is not signed in. */
export function signInPage(mode: Mode, alert: Alert | null): Page {
  const content = html`<h1>Sign in to see your usage</h1>
    ${alert && html`<div id="key-problem">${alertBox(alert)}</div>`}
    <form method="post" action="/page/sign-in" class="stack">
      <label
        >API key<input
          name="key"
          type="password"
          autocomplete="current-password"
          spellcheck="false"
          placeholder="ink_…"
          required
          autofocus
          ${alert?.isError !== false && alert !== null && html`aria-invalid="true" aria-describedby="key-problem"`}
      /></label>
      <button type="submit">Sign in</button>
    </form>
    <p class="note">
      The key needs the scope <code>credits:read</code>. On the machine that runs Inkwell,
      <code>inkwell dashboard</code> opens this page without one.
    </p>`
  return { title: 'Sign in', script: true, body: centered(brand(mode), content) }
}
