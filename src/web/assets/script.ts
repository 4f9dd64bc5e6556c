import { existsSync, readFileSync } from 'node:fs'

/** The scripts in `browser/` that a page loads. */
export const BROWSER_SCRIPTS = ['page', 'app'] as const

export type BrowserScript = (typeof BROWSER_SCRIPTS)[number]

/** A script for browsers as one file, with all that it imports. The package has it ready; a clone builds it here. */
export async function browserScript(name: BrowserScript): Promise<string> {
  const built = new URL(`../browser/${name}.js`, import.meta.url)
  if (existsSync(built)) return readFileSync(built, 'utf8')
  const { bundle } = await import('./bundle.ts')
  return await bundle(name)
}
