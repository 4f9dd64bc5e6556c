/** A place in a page that is written by hand, between two comments. */
export type Place = { begin: string; end: string }

/** A page with a text in its place. Throws where it has none. */
export function fill(page: string, { begin, end }: Place, text: string): string {
  const [before, rest = ''] = page.split(begin)
  const [, after] = rest.split(end)
  if (after === undefined) throw new Error(`the page has no place for ${begin}`)
  return [before?.trim(), begin, text, end, after.trim()].join('\n\n')
}
