import { existsSync, readFileSync } from 'node:fs'

/** The scripts in `browser/` that a page loads. */
export const BROWSER_SCRIPTS = ['page', 'app'] as const

export type BrowserScript = (typeof BROWSER_SCRIPTS)[number]

/** Returns a browser script with all its imports in one file. The package contains it; a clone builds it. */
export async function browserScript(name: BrowserScript): Promise<string> {
  const built = new URL(`${name}.js`, import.meta.url)
  if (existsSync(built)) return readFileSync(built, 'utf8')
  const { bundle } = await import('./bundle.ts')
  return await bundle(name)
}
