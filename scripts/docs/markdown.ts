/** Text as code. */
export function code(text: string): string {
  return `\`${text}\``
}

/** A value as code: a text as it is, anything else as JSON. */
export function valueCode(value: unknown): string {
  return code(typeof value === 'string' ? value : JSON.stringify(value))
}

/** A table of cells that are Markdown; a bar in one is escaped. */
export function table(head: string[], rows: string[][]): string {
  const line = (cells: string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}
