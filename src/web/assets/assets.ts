import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { MARK } from '../views/brand.ts'
import type { AssetPaths } from '../views/document.ts'
import { browserScript } from './script.ts'

/** A file that pages load. Its path contains a hash of its content, so browsers may cache it forever. */
export type Asset = { path: string; type: string; body: string }

type Assets = Record<keyof AssetPaths, Asset>

let built: Promise<Assets> | undefined

async function makeAssets(): Promise<Assets> {
  return {
    style: asset('style.css', 'text/css', styleSheet()),
    script: asset('page.js', 'text/javascript', await browserScript('page')),
    icon: asset('icon.svg', 'image/svg+xml', icon()),
  }
}

/** Returns the files that pages load. They are built on first use. */
export async function assets(): Promise<readonly Asset[]> {
  return Object.values(await (built ??= makeAssets()))
}

/** Returns the paths of these files. */
export async function assetPaths(): Promise<AssetPaths> {
  const { style, script, icon: mark } = await (built ??= makeAssets())
  return { style: style.path, script: script.path, icon: mark.path }
}

/** Returns the stylesheet of all pages. */
export function styleSheet(): string {
  return readFileSync(new URL('style.css', import.meta.url), 'utf8')
}

/** Returns what the view inside a chat needs besides. */
export function chatStyle(): string {
  return readFileSync(new URL('chat.css', import.meta.url), 'utf8')
}

/** Returns the logo as an SVG file. It contains its own styles, because the stylesheet does not apply to it. */
function icon(): string {
  const style = '<style>path{fill:#3a50d9}.glint{fill:none;stroke:#fff;stroke-width:1.6}</style>'
  return MARK.html.replace(/^<svg ([^>]*>)/, `<svg xmlns="http://www.w3.org/2000/svg" $1${style}`)
}

function asset(name: string, type: string, body: string): Asset {
  const hash = createHash('sha256').update(body).digest('base64url').slice(0, 12)
  const path = `/page/${name.replace('.', `-${hash}.`)}`
  return { path, type: `${type}; charset=utf-8`, body }
}
