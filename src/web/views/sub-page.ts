import type { Mode } from '../../mode.ts'
import { brand } from './brand.ts'
import type { Page } from './document.ts'
import { html, type Html } from './html.ts'
import { searchForm } from './search.ts'

/** A page below the usage page. `script` keeps its live regions up to date. */
export type SubPage = { mode: Mode; accountName: string; title: string; words?: string; body: Html }

/** Renders a page that leads back to the usage page, and searches. */
export function subPage({ mode, accountName, title, words = '', body }: SubPage): Page {
  return {
    title,
    script: true,
    body: html`<body>
      <header class="top">
        ${brand(mode)}
        <p class="live" id="live" role="status" hidden></p>
        <p class="account"><bdi>${accountName}</bdi></p>
        <a class="button quiet" href="/">Back to your usage</a>
      </header>
      <main>${searchForm(words)} ${body}</main>
      <footer><p class="note">All days and times are UTC.</p></footer>
    </body>`,
  }
}
