import { html, type Html } from './html.ts'

/** A message and the next step. It tells an error unless `isError` is false. */
export type Alert = { message: string; hint: string; isError?: boolean }

/** Renders an alert, or a note that something is done. */
export function alertBox({ message, hint, isError = true }: Alert): Html {
  return isError
    ? html`<div class="alert" role="alert"><strong>${message}</strong> ${hint}</div>`
    : html`<div class="alert done" role="status"><strong>${message}</strong> ${hint}</div>`
}
