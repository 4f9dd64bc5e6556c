/** Parts of pages that people write, each between a line that says where it is from and a line that ends it. */
export type Blocks = Readonly<Record<string, () => string>>

/** A page with its blocks written anew. Throws where it lacks the place of one. */
export function withBlocks(page: string, blocks: Blocks): string {
  return Object.entries(blocks).reduce((text, [name, render]) => {
    const begin = `<!-- ${name}, written by npm run docs. -->`
    const end = `<!-- End of: ${name}. -->`
    const [before, rest = ''] = text.split(begin)
    const [, after] = rest.split(end)
    if (after === undefined) throw new Error(`the page has no place for: ${name}`)
    return [before?.trim(), begin, render(), end, after.trim()].join('\n\n')
  }, page)
}
