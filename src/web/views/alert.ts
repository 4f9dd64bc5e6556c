import { html, type Html } from './html.ts'

/** What went wrong, and the next step. */
export type Alert = { message: string; hint: string }

export function alertBox({ message, hint }: Alert): Html {
  return html`<div class="alert" role="alert"><strong>${message}</strong> ${hint}</div>`
}
