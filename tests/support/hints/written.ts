/** A hint as it is written in the code; … stands for what is put in when it is thrown. */
export type WrittenHint = { kind: 'hint' | 'toolHint' | 'localHint'; text: string }

/** Every text that is written as a hint in a file of code. */
export function hintsIn(code: string): WrittenHint[] {
  return [...code.matchAll(/\b(hint|toolHint|localHint):/g)].flatMap(
    ({ 0: name, 1: kind, index }) =>
      textsAt(code, index + name.length).map((text) => ({
        kind: kind as WrittenHint['kind'],
        text,
      })),
  )
}

/** The texts of the expression that begins at a place: it ends with its comma, or with what it stands in. */
function textsAt(code: string, start: number): string[] {
  const texts: string[] = []
  for (let at = start, depth = 0; at < code.length; at += 1) {
    const char = code.charAt(at)
    if (char === "'" || char === '"' || char === '`') {
      const { text, inner, end } = literalAt(code, at)
      texts.push(text, ...inner)
      at = end
    } else if ('([{'.includes(char)) depth += 1
    else if (')]}'.includes(char)) depth -= 1
    if (depth < 0 || (depth === 0 && (char === ',' || char === ';'))) break
  }
  return texts.filter((text) => /\w+ \w+/.test(text))
}

type Literal = { text: string; inner: string[]; end: number }

/** The literal that begins at a place, and the literals in its placeholders. */
function literalAt(code: string, start: number): Literal {
  const quote = code.charAt(start)
  const inner: string[] = []
  let text = ''
  for (let at = start + 1; at < code.length; at += 1) {
    const char = code.charAt(at)
    if (char === quote) return { text, inner, end: at }
    if (char === '\\') {
      at += 1
      text += code.charAt(at)
    } else if (quote === '`' && code.startsWith('${', at)) {
      const placeholder = placeholderAt(code, at + 2)
      text += '…'
      inner.push(...placeholder.texts)
      at = placeholder.end
    } else text += char
  }
  throw new Error('a text does not end')
}

/** A placeholder of a template up to its brace, with the texts in it. */
function placeholderAt(code: string, start: number): { texts: string[]; end: number } {
  const texts: string[] = []
  for (let at = start, depth = 0; at < code.length; at += 1) {
    const char = code.charAt(at)
    if (char === "'" || char === '"' || char === '`') {
      const { text, inner, end } = literalAt(code, at)
      texts.push(text, ...inner)
      at = end
    } else if (char === '{') depth += 1
    else if (char === '}' && depth === 0) return { texts, end: at }
    else if (char === '}') depth -= 1
  }
  throw new Error('a placeholder does not end')
}
