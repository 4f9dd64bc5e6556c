import { timeOf } from './format.ts'
import { html, type Html } from './html.ts'

export type Column = { label: Html | string; kind?: 'number' | 'category' }

/** Renders a table with one header row. */
export function table(columns: readonly Column[], rows: readonly Html[], className?: string): Html {
  return html`<table ${className !== undefined && html`class="${className}"`}>
    <thead>
      <tr>
        ${columns.map(({ label, kind }) => html`<th scope="col" ${kind !== undefined && html`class="${kind}"`}>${label}</th>`)}
      </tr>
    </thead>
    <tbody>
      ${rows}
    </tbody>
  </table>`
}

/** Renders the cell of a Unix time in milliseconds. */
export function timeCell(atMs: number): Html {
  const iso = new Date(atMs).toISOString()
  return html`<td class="date"><time datetime="${iso}">${timeOf(atMs)}</time></td>`
}
