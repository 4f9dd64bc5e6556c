import { html, type Html } from './html.ts'

/** Something that happened, with the next step. */
export type Notice = { kind: 'error' | 'done'; message: string; hint: string }

export function notice({ kind, message, hint }: Notice): Html {
  return html`<div class="notice ${kind}" role="${kind === 'error' ? 'alert' : 'status'}">
    <strong>${message}</strong> ${hint}
  </div>`
}
