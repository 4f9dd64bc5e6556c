import { fileURLToPath } from 'node:url'
import type { BrowserScript } from './script.ts'

/** Builds a browser script from its source. esbuild is only installed in a clone; the package contains built scripts. */
export async function bundle(name: BrowserScript): Promise<string> {
  const { buildSync } = await import('esbuild')
  const { outputFiles } = buildSync({
    entryPoints: [fileURLToPath(new URL(`../browser/${name}.ts`, import.meta.url))],
    bundle: true,
    minify: true, // also drops comments, which name folders of this machine
    write: false,
    format: 'esm',
    charset: 'utf8',
  })
  return outputFiles.map(({ text }) => text).join('')
}
