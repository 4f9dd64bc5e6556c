export type Column = { title: string; width: number }

/**
 * Lines of a table, two spaces in: every column as wide as stated, or wider where a cell needs it.
 * Control characters of a cell become spaces: a name from outside cannot draw outside its place.
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
