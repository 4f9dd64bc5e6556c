import { chatStyle, styleSheet } from './assets/assets.ts'
import { browserScript } from './assets/script.ts'
import { html } from './views/html.ts'

let built: Promise<string> | undefined

/** Returns the HTML of the usage view inside a chat (an MCP App). It loads no other files and gets all data from its host. */
export function usageApp(): Promise<string> {
  return (built ??= makeApp())
}

async function makeApp(): Promise<string> {
  const script = await browserScript('app')
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>Inkwell usage</title>
        <style>
          ${{ html: styleSheet() + chatStyle() }}
        </style>
      </head>
      <body class="app">
        <main>
          <div id="view" aria-busy="true">
            <p class="empty" role="status">Loading your usage…</p>
          </div>
        </main>
        <script type="module">
          ${{ html: inlined(script) }}
        </script>
      </body>
    </html>`.html
}

/** Escapes text in a script that would end or comment out its element. */
function inlined(script: string): string {
  return script.replaceAll('</script', '<\\/script').replaceAll('<!--', '<\\!--')
}
