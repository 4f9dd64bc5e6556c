/** A column. `width` is its minimum width in characters. */
export type Column = { title: string; width: number }

/**
 * Returns the lines of a table, indented by two spaces. A column grows if a cell is wider than `width`.
 * Control characters become spaces, so that untrusted names cannot change other parts of the terminal.
 */
export function table(columns: readonly Column[], rows: readonly (readonly string[])[]): string[] {
  const cells = [columns.map(({ title }) => title), ...rows.map((row) => row.map(plain))]
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
