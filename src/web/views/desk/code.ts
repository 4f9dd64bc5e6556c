import { html, type Html } from '../html.ts'

/** Renders a code such as `accounts.credit`. A narrow column can break it only behind its words. */
export function codeName(code: string): Html {
  const [first = '', ...rest] = code.split(/(?<=[._])/)
  return html`<code>${first}${rest.map((part) => html`<wbr />${part}`)}</code>`
}
