import { existsSync, globSync, readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { MarkdownRenderer } from 'vitepress'
import { ROOT } from './root.ts'

/** What of the project is a page of the site, beside docs. */
const PAGES = /^(?:docs\/.*|ARCHITECTURE|CHANGELOG|CONTRIBUTING|README|SECURITY|THIRD_PARTY)\.md$/

/** Returns the anchor of a heading, as GitHub makes it. */
export function slugOf(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-')
}

/** Leads links to files that are no pages to the sources. Throws for a link to a file that is not there. */
export function forTheSite(md: MarkdownRenderer, source: string): void {
  md.core.ruler.push('links', ({ tokens, env }) => {
    const page = realPathOf((env as { relativePath: string }).relativePath)
    for (const token of tokens.flatMap(({ children }) => children ?? [])) {
      const link = token.attrGet('href')
      if (token.type === 'link_open' && link !== null && !/^(?:[a-z]+:|#)/.test(link))
        token.attrSet('href', placeOf(page, link, source))
    }
  })
}

function placeOf(page: string, link: string, source: string): string {
  const [path = '', anchor] = link.split('#')
  const file = join(dirname(page), path)
  const end = anchor === undefined ? '' : `#${anchor}`
  const found = statSync(join(ROOT, file), { throwIfNoEntry: false })
  if (found === undefined) throw new Error(`${page} links to ${link}, which is not there`)
  if (PAGES.test(file)) return `/${file.replace(/(?:README)?\.md$/, '')}${end}`
  return `${source}/${found.isDirectory() ? 'tree' : 'blob'}/main/${file}${end}`
}

/** The file of a page: indexes are called README there. */
function realPathOf(page: string): string {
  return existsSync(join(ROOT, page)) ? page : page.replace(/index\.md$/, 'README.md')
}

/** Throws if a link in the built pages leads to no page, no file or no heading. */
export function checkLinks(folder: string, base: string): void {
  const pages = globSync('**/*.html', { cwd: folder })
  const textOf = new Map(pages.map((page) => [page, readFileSync(join(folder, page), 'utf8')]))
  const broken = [...textOf].flatMap(([page, text]) =>
    [...text.matchAll(/<(?:a|img|link|script)\b[^>]* (?:href|src)="([^"]+)"/g)]
      .map(([, link = '']) => link.replaceAll('&amp;', '&'))
      .filter((link) => !leadsSomewhere(page, link))
      .map((link) => `${page}: ${link}`),
  )
  if (broken.length > 0) throw new Error(`links that lead nowhere:\n${broken.join('\n')}`)

  function leadsSomewhere(page: string, link: string): boolean {
    if (/^[a-z]+:/.test(link)) return true
    const { pathname, hash } = new URL(link, `https://site${base}${page}`)
    if (!pathname.startsWith(base)) return false
    const path = decodeURIComponent(pathname.slice(base.length))
    const file = [path, `${path}.html`, `${path}index.html`].find((one) => isFile(one))
    if (file === undefined) return false
    const id = decodeURIComponent(hash.slice(1))
    return id === '' || (textOf.get(file) ?? '').includes(` id="${id}"`)
  }

  function isFile(path: string): boolean {
    return statSync(join(folder, path), { throwIfNoEntry: false })?.isFile() === true
  }
}
