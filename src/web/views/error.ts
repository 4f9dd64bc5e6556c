import type { Mode } from '../../mode.ts'
import { brand } from './brand.ts'
import { centered, type Page } from './document.ts'
import { html } from './html.ts'

/** Renders an error for a person: what happened, the next step, and the way back. */
export function errorPage(
  mode: Mode,
  { message, hint }: { message: string; hint: string },
  back = { href: '/', label: 'Back to your usage' },
): Page {
  const content = html`<h1>${message}</h1>
    <p>${hint}</p>
    <p><a class="button quiet" href="${back.href}">${back.label}</a></p>`
  return { title: 'Error', script: false, body: centered(brand(mode), content) }
}
