import { counted } from './format.ts'
import { html, type Html } from './html.ts'

/** Says how many calls were refused or failed. */
export function failureWords(count: number): string {
  return `${counted(count, 'call')} refused or failed`
}

/** Renders the mark above a bar with refused or failed calls. */
export function failureMark(): Html {
  return html`<svg class="mark-failed" viewBox="0 0 14 10" aria-hidden="true">
    <path d="M0 0 L14 0 L7 10Z" />
  </svg>`
}
