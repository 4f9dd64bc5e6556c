import cliTruncate from 'cli-truncate'
import stringWidth from 'string-width'
import { coloured } from './colour.ts'
import type { Column } from './table.ts'

const INDENT = 2
const GAP = 2
/** A cell is not shortened below this width. */
const NARROWEST = 16

/** A column with its cells. `width` is what the widest needs, with the title, without the gap. */
type Content = Omit<Column, 'width'> & { width: number; least: number; cells: string[] }

/**
 * Returns the lines of a table that fit a terminal of `width` cells. What does not fit is shortened or left out as its
 * column says; a table that still does not fit becomes one block of lines for each row.
 */
export function terminalTable(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  width: number,
): string[] {
  const whole = columns.map((column, index) => contentOf(column, index, rows))
  const asPiped = whole.map((one) => ({ ...one, width: Math.max(one.width, one.least - GAP) }))
  const fitting = [asPiped, whole, cutTo(whole, width, ['end', 'leave out'])]
  const fewer = whole.filter(({ narrow }) => narrow !== 'leave out')
  fitting.push(cutTo(fewer, width, ['end']), cutTo(fewer, width, ['start', 'end']))
  const found = fitting.find((contents) => widthOf(contents) <= width)
  return found === undefined ? blocksOf(whole) : linesOf(found)
}

function contentOf(
  { title, width: least, narrow }: Column,
  index: number,
  rows: readonly (readonly string[])[],
): Content {
  const cells = rows.map((row) => row[index] ?? '')
  const width = Math.max(...[title, ...cells].map((cell) => stringWidth(cell)))
  return { title, cells, width, least, ...(narrow !== undefined && { narrow }) }
}

function widthOf(contents: readonly Content[]): number {
  return contents.reduce((sum, { width }) => sum + width + GAP, INDENT - GAP)
}

/** Narrows columns of the given kinds, in this order, until the table fits or they are at their narrowest. */
function cutTo(
  contents: readonly Content[],
  width: number,
  kinds: readonly Column['narrow'][],
): Content[] {
  const cut = contents.map((one) => ({ ...one }))
  for (const kind of kinds.toReversed())
    for (const column of cut.filter(({ narrow }) => narrow === kind)) {
      const excess = Math.max(0, widthOf(cut) - width)
      column.width = Math.max(Math.min(column.width, NARROWEST), column.width - excess)
    }
  return cut
}

function linesOf(contents: readonly Content[]): string[] {
  const line = (cellOf: (content: Content) => string): string =>
    ' '.repeat(INDENT) + contents.map((content) => padded(cellOf(content), content)).join('')
  const [first] = contents
  return [
    coloured('bold', line(({ title }) => title).trimEnd()),
    ...(first?.cells ?? []).map((_, row) => line(({ cells }) => cells[row] ?? '').trimEnd()),
  ]
}

function padded(cell: string, { width, narrow }: Content): string {
  const position = narrow === 'start' ? 'start' : 'end'
  const shown = stringWidth(cell) <= width ? cell : cliTruncate(cell, width, { position })
  return shown + ' '.repeat(width + GAP - stringWidth(shown))
}

function blocksOf(contents: readonly Content[]): string[] {
  const titles = Math.max(...contents.map(({ title }) => stringWidth(title)))
  const [first] = contents
  const blocks = (first?.cells ?? []).map((_, row) =>
    contents.flatMap(({ title, cells }) => {
      const [name, cell] = [title.padEnd(titles), cells[row] ?? '']
      return cell === '' ? [] : [`${' '.repeat(INDENT)}${coloured('bold', name)}  ${cell}`]
    }),
  )
  return blocks.flatMap((block, place) => (place === 0 ? block : ['', ...block]))
}
