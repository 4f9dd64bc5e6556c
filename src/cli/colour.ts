import { styleText } from 'node:util'

type Format = Parameters<typeof styleText>[0]

/** Colours text for a terminal. Returns it as it is where the stream is none, or where the user wants no colour. */
export function coloured(
  format: Format,
  text: string,
  stream: NodeJS.WriteStream = process.stdout,
): string {
  return stream.isTTY ? styleText(format, text, { stream }) : text
}

const MARKS: Readonly<Record<string, Format>> = {
  '✓': 'green',
  '✗': 'red',
  '!': 'yellow',
  '⚠': 'yellow',
}

/** Colours the mark at the start of a line, and the whole line after `⚠`. */
export function withColouredMark(line: string): string {
  const [, indent = '', mark = '', rest = ''] = /^( *)([✓✗!⚠])( .*)$/u.exec(line) ?? []
  const format = MARKS[mark]
  if (format === undefined) return line
  return mark === '⚠'
    ? indent + coloured(format, mark + rest)
    : indent + coloured(format, mark) + rest
}
