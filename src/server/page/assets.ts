import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { MARK } from './brand.ts'
import type { Files } from './layout.ts'
import { bundle } from './scripts.ts'

/** A file of the page: its address has a hash of its content, so that it may be kept for ever. */
export type PageFile = { path: string; type: string; body: string }

let made: Record<keyof Files, PageFile> | undefined

function files(): Record<keyof Files, PageFile> {
  return (made ??= {
    style: file('style', 'css', 'text/css', styleSheet()),
    script: file(
      'page',
      'js',
      'text/javascript',
      bundle(new URL('browser/page.ts', import.meta.url)),
    ),
    icon: file('icon', 'svg', 'image/svg+xml', icon()),
  })
}

/** The files of the page, made with their first use. */
export function pageFiles(): readonly PageFile[] {
  return Object.values(files())
}

/** Where a document finds them. */
export function filePaths(): Files {
  const { style, script: page, icon: mark } = files()
  return { style: style.path, script: page.path, icon: mark.path }
}

export function styleSheet(): string {
  return readFileSync(new URL('style.css', import.meta.url), 'utf8')
}

function icon(): string {
  const style = '<style>path{fill:#3a50d9}.glint{fill:none;stroke:#fff;stroke-width:1.6}</style>'
  return MARK.html.replace(/^<svg [^>]*>/, (tag) =>
    `${tag}${style}`.replace('<svg ', '<svg xmlns="http://www.w3.org/2000/svg" '),
  )
}

function file(name: string, extension: string, type: string, body: string): PageFile {
  const hash = createHash('sha256').update(body).digest('base64url').slice(0, 12)
  return { path: `/page/${name}-${hash}.${extension}`, type: `${type}; charset=utf-8`, body }
}
