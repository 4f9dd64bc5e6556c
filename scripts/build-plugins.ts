import { globSync, readFileSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { dirname, join, relative, resolve } from 'node:path'
import type { Plugin } from 'esbuild'
import { replaceOnce } from './build-zod.ts'

const ROOT = resolve(import.meta.dirname, '..')

const SRC = join(ROOT, 'src')
const APP = 'app.ts'
/** HTML is written with indents there, which no browser shows. */
const VIEWS = join(SRC, 'web/views')

/**
 * Files that go where another goes. esbuild makes a file for each set of parts that share code, and each takes a start a
 * millisecond: so small files that a start needs get the same set as a large one. It changes nothing, because the other is
 * loaded before them, or costs nothing.
 */
const WITH: Readonly<Record<string, readonly string[]>> = {
  [APP]: [
    'cli/configure.ts',
    'pricing/price-list.ts',
    'server/mcp/call.ts',
    'to-app-error.ts',
    'tools/names.ts',
    'usage/days.ts',
    'version.ts',
  ],
  'errors.ts': ['media/sharp.ts', 'text.ts'],
  'server/http/listen.ts': ['server/stdio.ts'],
  'cli/remote/bridge.ts': ['server/stdio.ts'],
}

/**
 * Puts what every process loads, `app.ts` and all that it needs, into one file: each part that is loaded later gets an
 * import of `app.ts`, which is always loaded by then. Leaves out the indents of HTML.
 */
export const oneCore: Plugin = {
  name: 'one-core',
  setup: (building) => {
    const parts = partsLoadedLater()
    building.onLoad({ filter: /\.ts$/ }, ({ path }) => {
      const added = [...(WITH[relative(SRC, path)] ?? []), ...(parts.has(path) ? [APP] : [])]
      const imports = added.map((file) => `\nimport '${join(SRC, file)}'`)
      const text = readFileSync(path, 'utf8')
      const lean = path.startsWith(VIEWS) ? text.replaceAll(/\n +/g, '\n') : text
      return { contents: lean + imports.join(''), loader: 'ts' }
    })
  },
}

/** The files that others import when they need them, but for those that the thread that draws loads. */
function partsLoadedLater(): Set<string> {
  const files = globSync('src/**/*.ts', { cwd: ROOT, exclude: ['src/studio/**', 'src/cli/cli.ts'] })
  return new Set(
    files.flatMap((file) => {
      const text = readFileSync(join(ROOT, file), 'utf8')
      const paths = [...text.matchAll(/\bimport\('(\.[^']+)'\)/g)].map(([, path = '']) => path)
      return paths.map((path) => join(ROOT, dirname(file), path))
    }),
  )
}

/**
 * Leaves out what libraries load at every start and nothing here uses: the messages of zod in 50 languages, and ajv, with
 * which the MCP SDK checks forms. Ours have no fields; should one get some, the checker that the SDK has for browsers does it.
 * And the parts of zod that nobody names: an object of all of it, as the library of routes has one, would keep them.
 */
export const leanLibraries: Plugin = {
  name: 'lean-libraries',
  setup: (building) => {
    building.onLoad({ filter: /\/zod\/v4\/locales\/index\.js$/ }, () => ({
      contents: `export { default as en } from './en.js'`,
    }))
    building.onLoad({ filter: /\/(?:client|server)\/dist\/shimsNode\.mjs$/ }, () => ({
      contents: `export * from './shimsBrowser.mjs'; export const CORS_IS_POSSIBLE = false`,
    }))
    building.onLoad({ filter: /\/@hono\/zod-openapi\/dist\/index\.mjs$/ }, ({ path }) => ({
      contents: replaceOnce(
        replaceOnce(
          readFileSync(path, 'utf8'),
          'import { z } from "zod";',
          'import * as z from "zod";',
        ),
        'extendZodWithOpenApi(z);',
        'extendZodWithOpenApi({ ZodType: z.ZodType });',
      ),
    }))
  },
}

/** Node.js's own modules for packages in the form of CommonJS: in a module, there is no `require`. */
export const requiredBuiltins: Plugin = {
  name: 'required-builtins',
  setup: (building) => {
    building.onResolve({ filter: /^[a-z]/ }, ({ kind, path }) =>
      kind === 'require-call' && isBuiltin(path) ? { path, namespace: 'builtin' } : undefined,
    )
    building.onLoad({ filter: /./, namespace: 'builtin' }, ({ path }) => ({
      contents: `module.exports = process.getBuiltinModule('${path}')`,
    }))
  },
}
