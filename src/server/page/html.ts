/** Text that is HTML already. Everything else that meets a template is shown as text. */
export type Html = { readonly html: string }

type Value = Html | string | number | null | false | readonly Value[]

/** A template whose values are escaped, attributes in double quotes included. Null and false are nothing. */
export function html(strings: TemplateStringsArray, ...values: readonly Value[]): Html {
  return { html: strings.reduce((text, part, place) => text + shown(values[place - 1]) + part) }
}

function shown(value: Value = null): string {
  if (value === null || value === false) return ''
  if (typeof value === 'string' || typeof value === 'number') return escaped(String(value))
  return 'html' in value ? value.html : value.map(shown).join('')
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** What could hide, cut or turn text: controls but line ends, marks of direction, halves of characters. */
const HIDDEN = /(?![\t\n\r])\p{Cc}|[\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]|\p{Cs}/gu

/** Text in which every character is seen: controls get the sign that Unicode has for them. */
function escaped(text: string): string {
  return text
    .replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '')
    .replace(HIDDEN, (character) =>
      character < ' ' ? String.fromCharCode(0x2400 + character.charCodeAt(0)) : '\ufffd',
    )
}
