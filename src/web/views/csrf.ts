import { html, type Html } from './html.ts'

/** Renders the token of a visitor, which every form of a page sends. */
export function csrfField(csrf: string): Html {
  return html`<input type="hidden" name="csrf" value="${csrf}" />`
}
