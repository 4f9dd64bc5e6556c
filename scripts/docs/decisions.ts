import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** The decisions in a folder, as a list of links: each with the title of its page. */
export function decisionList(docs: string): string {
  const pages = readdirSync(join(docs, 'adr')).toSorted()
  return pages.map((page) => `- [${titleOf(join(docs, 'adr', page))}](adr/${page})`).join('\n')
}

function titleOf(path: string): string {
  const title = /^# (?:\d+\. )?(.+)$/m.exec(readFileSync(path, 'utf8'))?.[1]
  if (title === undefined) throw new Error(`${path} has no title`)
  return title
}
