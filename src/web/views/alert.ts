import { html, type Html } from './html.ts'

/** An error message and the next step. */
export type Alert = { message: string; hint: string }

/** Renders an alert. */
export function alertBox({ message, hint }: Alert): Html {
  return html`<div class="alert" role="alert"><strong>${message}</strong> ${hint}</div>`
}
