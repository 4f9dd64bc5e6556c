/** Safe markup. All other values in a template are escaped. */
export type Html = { readonly html: string }

type Value = Html | string | number | null | false | readonly Value[]

/**
 * A template tag that escapes its values, also inside double-quoted attributes. Null and false print nothing, and
 * a list prints its items. It uses no Node.js API, because views run on the server and in the browser.
 */
export function html(strings: TemplateStringsArray, ...values: readonly Value[]): Html {
  return { html: strings.reduce((text, part, place) => text + print(values[place - 1]) + part) }
}

function print(value: Value = null): string {
  if (value === null || value === false) return ''
  if (typeof value === 'string' || typeof value === 'number') return escape(String(value))
  return 'html' in value ? value.html : value.map(print).join('')
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** Characters that hide, cut or reorder text: controls except line ends, direction marks, lone surrogates. */
const HIDDEN = /(?![\t\n\r])\p{Cc}|[\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]|\p{Cs}/gu

/** Escapes markup and makes hidden characters visible: a control character becomes its Unicode symbol. */
function escape(text: string): string {
  return text
    .replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '')
    .replace(HIDDEN, (character) =>
      character < ' ' ? String.fromCharCode(0x2400 + character.charCodeAt(0)) : '\ufffd',
    )
}
