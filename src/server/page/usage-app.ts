import { styleSheet } from './assets.ts'
import { html } from './html.ts'
import { bundle } from './scripts.ts'

let made: string | undefined

/** The usage view for the inside of a chat: one file that loads nothing, and reads through its host only. */
export function usageApp(): string {
  return (made ??= html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>Inkwell usage</title>
        <style>
          ${{ html: styleSheet() }}
        </style>
      </head>
      <body class="app">
        <main>
          <div id="view" aria-busy="true">
            <p class="empty" role="status">Loading your usage…</p>
          </div>
        </main>
        <script type="module">
          ${{ html: inlined(bundle(new URL('browser/app.ts', import.meta.url))) }}
        </script>
      </body>
    </html>`.html)
}

/** Nothing in a script may end its element. */
function inlined(script: string): string {
  return script.replaceAll('</script', '<\\/script').replaceAll('<!--', '<\\!--')
}
