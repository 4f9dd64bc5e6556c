/** Returns rows of cells as CSV (RFC 4180), each line with its end. */
export function csvOf(rows: readonly (readonly (string | number | null)[])[]): string {
  return rows
    .map((cells) => `${cells.map((cell) => quoted(String(cell ?? ''))).join(',')}\r\n`)
    .join('')
}

/** Quotes a cell. One that a spreadsheet would run as a formula gets an apostrophe, so that it is shown as text. */
function quoted(text: string): string {
  const safe = /^[=+@\t\r]/.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
