import type { Mode } from '../../mode.ts'
import { html } from './html.ts'
import { MARK, modeBadge } from './brand.ts'
import { layout, type Files } from './layout.ts'
import { notice, type Notice } from './notice.ts'

/** The page of whoever is not signed in. */
export function signInPage(mode: Mode, files: Files, said: Notice | null): string {
  return layout(
    'Sign in · Inkwell',
    files,
    html`<body class="sign-in">
      <main>
        <p class="brand">${MARK}<span>Inkwell</span> ${modeBadge(mode)}</p>
        <h1>Sign in to see your usage</h1>
        ${said && notice(said)}
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
          /></label>
          <button type="submit">Sign in</button>
        </form>
        <p class="note">
          The key needs the scope <code>credits:read</code>. On the machine that runs Inkwell,
          <code>inkwell dashboard</code> opens this page without one.
        </p>
      </main>
    </body>`,
  )
}
