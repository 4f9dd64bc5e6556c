/**
 * A column. `width` is its minimum width in characters. `narrow` says what may happen to it on a narrow terminal: it
 * is shortened at its start or end, or shortened at its end and then left out. Other columns are always whole.
 */
export type Column = { title: string; width: number; narrow?: 'start' | 'end' | 'leave out' }

/** Only a terminal needs the width of its cells. */
const toTerminal = process.stdout.isTTY ? (await import('./terminal-table.ts')).terminalTable : null

/**
 * Returns the lines of a table, indented by two spaces. A column grows if a cell is wider than `width`; on a terminal
 * no line is wider than its window. Control characters become spaces, so that untrusted names cannot change other
 * parts of the terminal.
 */
export function table(columns: readonly Column[], rows: readonly (readonly string[])[]): string[] {
  const cells = rows.map((row) => row.map(plain))
  if (toTerminal !== null) return toTerminal(columns, cells, process.stdout.columns)
  return linesOf(columns, cells)
}

function linesOf(columns: readonly Column[], rows: readonly (readonly string[])[]): string[] {
  const cells = [columns.map(({ title }) => title), ...rows]
  const widths = columns.map(({ width }, index) =>
    Math.max(width, ...cells.map((row) => (row[index] ?? '').length + 1)),
  )
  return cells.map((row) =>
    `  ${row.map((cell, index) => cell.padEnd(widths[index] ?? 0)).join('')}`.trimEnd(),
  )
}

function plain(text: string): string {
  return text.replaceAll(/\p{Cc}/gu, ' ')
}
