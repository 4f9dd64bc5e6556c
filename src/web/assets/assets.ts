import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { MARK } from '../views/brand.ts'
import type { AssetPaths } from '../views/document.ts'
import { browserScript } from './script.ts'

/** A file that pages load. Its address has a hash of its content, so that browsers may keep it for ever. */
export type Asset = { path: string; type: string; body: string }

type Assets = Record<keyof AssetPaths, Asset>

let made: Promise<Assets> | undefined

async function makeAssets(): Promise<Assets> {
  return {
    style: asset('style.css', 'text/css', styleSheet()),
    script: asset('page.js', 'text/javascript', await browserScript('page')),
    icon: asset('icon.svg', 'image/svg+xml', icon()),
  }
}

/** The files that pages load, made with their first use. */
export async function assets(): Promise<readonly Asset[]> {
  return Object.values(await (made ??= makeAssets()))
}

/** The addresses of these files. */
export async function assetPaths(): Promise<AssetPaths> {
  const { style, script, icon: mark } = await (made ??= makeAssets())
  return { style: style.path, script: script.path, icon: mark.path }
}

/** The one stylesheet of all pages. */
export function styleSheet(): string {
  return readFileSync(new URL('style.css', import.meta.url), 'utf8')
}

/** The logo as a file of its own, which no stylesheet reaches. */
function icon(): string {
  const style = '<style>path{fill:#3a50d9}.glint{fill:none;stroke:#fff;stroke-width:1.6}</style>'
  return MARK.html.replace(/^<svg ([^>]*>)/, `<svg xmlns="http://www.w3.org/2000/svg" $1${style}`)
}

function asset(name: string, type: string, body: string): Asset {
  const hash = createHash('sha256').update(body).digest('base64url').slice(0, 12)
  const path = `/page/${name.replace('.', `-${hash}.`)}`
  return { path, type: `${type}; charset=utf-8`, body }
}
