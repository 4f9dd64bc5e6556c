import { html, raw } from 'hono/html'
import { crypto } from '../../../crypto.ts'

type Html = ReturnType<typeof html>

const STYLE = `
:root { color-scheme: light dark; --ink: #1c1917; --soft: #6b645d; --paper: #faf8f5; --card: #fff; --line: #e7e2db; --accent: #1f5f8b; --on-accent: #fff; --test: #fdf1cf; --test-ink: #6b4a00; }
@media (prefers-color-scheme: dark) { :root { --ink: #f2efeb; --soft: #a8a097; --paper: #161412; --card: #211e1b; --line: #38332e; --accent: #7ab8e0; --on-accent: #10202c; --test: #3d3110; --test-ink: #f5dc97; } }
* { box-sizing: border-box; }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 1rem; background: var(--paper); color: var(--ink); font: 1rem/1.5 system-ui, sans-serif; }
main { width: min(26rem, 100%); background: var(--card); border: 1px solid var(--line); border-radius: 14px; overflow: hidden; box-shadow: 0 8px 30px rgb(0 0 0 / 8%); }
.test { margin: 0; padding: .75rem 1.75rem; background: var(--test); color: var(--test-ink); font-size: .9rem; }
.test strong { letter-spacing: .06em; }
.body { padding: 1.75rem; }
h1 { margin: 0 0 .25rem; font-size: 1.25rem; line-height: 1.3; }
p { margin: 0 0 1rem; }
.soft { color: var(--soft); }
.amount { margin: 1.25rem 0 .25rem; font-size: 2.5rem; line-height: 1.1; font-weight: 650; font-variant-numeric: tabular-nums; }
dl { display: grid; grid-template-columns: 1fr auto; gap: .35rem 1rem; margin: 1.25rem 0 1.5rem; padding: 1rem 0; border-block: 1px solid var(--line); font-variant-numeric: tabular-nums; }
dt { color: var(--soft); } dd { margin: 0; text-align: right; }
.total { color: inherit; font-weight: 600; }
button { width: 100%; min-height: 2.9rem; border: 1px solid var(--line); border-radius: 9px; background: none; color: inherit; font: inherit; font-weight: 600; cursor: pointer; }
button.pay { border-color: var(--accent); background: var(--accent); color: var(--on-accent); margin-bottom: .6rem; }
button:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
.others { display: grid; grid-template-columns: 1fr 1fr; gap: .6rem; }
:last-child { margin-bottom: 0; }
`

/** Its text is hashed in the policy: no space may come between. */
const STYLE_ELEMENT = raw(`<style>${STYLE}</style>`)

/** The headers of a page: it may load nothing, run nothing, be framed by nobody and send only to us. */
export function pageHeaders(): Record<string, string> {
  const hash = crypto().createHash('sha256').update(STYLE).digest('base64')
  return {
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-store',
    'content-security-policy': `default-src 'none'; style-src 'sha256-${hash}'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'`,
  }
}

/** A page with one card. In test mode it says on top that no real money is involved. */
export function page({ title, test, body }: { title: string; test: boolean; body: Html }): Html {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title} · Inkwell</title>
        ${STYLE_ELEMENT}
      </head>
      <body>
        <main>
          ${test ? html`<p class="test"><strong>TEST MONEY</strong> No card is charged.</p>` : ''}
          <div class="body">${body}</div>
        </main>
      </body>
    </html>`
}
