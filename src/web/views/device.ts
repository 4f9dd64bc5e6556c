import type { Shown } from '../../connect/authorization-server.ts'
import type { Mode } from '../../mode.ts'
import { alertBox } from './alert.ts'
import { brand } from './brand.ts'
import { centered, type Page } from './document.ts'
import { html, type Html } from './html.ts'

type Of<K extends Shown['kind']> = Extract<Shown, { kind: K }>

/** Renders the page on which a person types the code of a device. */
export function deviceCodePage(mode: Mode, shown: Of<'code'>, userCode: string): Page {
  const { xsrf, action, problem } = shown
  const alert = { message: problem ?? '', hint: 'Type the code that the device shows.' }
  const content = html`<h1>Connect a device</h1>
    ${problem !== null && html`<div id="code-problem">${alertBox(alert)}</div>`}
    <form method="post" action="${action}" class="stack">
      <input type="hidden" name="xsrf" value="${xsrf}" />
      <label
        >Code<input
          name="user_code"
          value="${userCode}"
          autocomplete="off"
          spellcheck="false"
          maxlength="20"
          required
          autofocus
          ${problem !== null && html`aria-invalid="true" aria-describedby="code-problem"`}
      /></label>
      <button type="submit">Continue</button>
    </form>`
  return page(mode, content)
}

/** Renders the question whether the device shows this code. */
export function deviceConfirmPage(mode: Mode, shown: Of<'confirm'>): Page {
  const { xsrf, action, userCode, clientName } = shown
  const content = html`<h1>Is this your device?</h1>
    <p>
      <bdi>${clientName}</bdi> asks to use Inkwell. It must show this code now. If nobody near you
      started it, refuse.
    </p>
    <p class="figure"><code>${userCode}</code></p>
    <form method="post" action="${action}" class="stack">
      <input type="hidden" name="xsrf" value="${xsrf}" />
      <input type="hidden" name="user_code" value="${userCode}" />
      <div class="pair">
        <button name="confirm" value="yes">It shows this code</button>
        <button class="quiet" name="abort" value="yes">Refuse</button>
      </div>
    </form>`
  return page(mode, content)
}

function page(mode: Mode, content: Html): Page {
  return { title: 'Connect a device', script: false, body: centered(brand(mode), content) }
}
