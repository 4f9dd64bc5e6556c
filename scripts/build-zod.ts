import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Plugin } from 'esbuild'

const LATE = join(import.meta.dirname, 'zod/late.ts')

/**
 * Prepares the schemas of zod at their first use (`zod/late.ts`). The libraries declare some thousand, and a start uses a
 * few. And has zod compile the check of an object at its third use, instead of the first: most are used once at a start.
 */
export const lateZod: Plugin = {
  name: 'late-zod',
  setup: (building) => {
    const change = (file: string, changed: (text: string) => string): void =>
      building.onLoad({ filter: new RegExp(`/zod/v4/core/${file}\\.js$`) }, ({ path }) => ({
        contents: changed(readFileSync(path, 'utf8')),
      }))
    change('core', (text) =>
      [
        `import { late } from '${LATE}'`,
        replaceOnce(text, MAKE_KIND, 'function makeKind('),
        'export const $constructor = /*@__NO_SIDE_EFFECTS__*/ late(makeKind)',
      ].join('\n'),
    )
    change('schemas', (text) =>
      replaceOnce(
        replaceOnce(text, FASTPASS, `${FASTPASS}\nlet uses = 0;`),
        COMPILES,
        `${COMPILES} && ++uses > 2`,
      ),
    )
  },
}

const MAKE_KIND = 'export /*@__NO_SIDE_EFFECTS__*/ function $constructor('
const FASTPASS = 'let fastpass;'
const COMPILES = 'ctx?.async === false && ctx.jitless !== true'

/** Replaces a text that a library must have once. Throws if it has changed. */
export function replaceOnce(text: string, old: string, by: string): string {
  const parts = text.split(old)
  if (parts.length !== 2) throw new Error(`a library no longer has once: ${old}`)
  return parts.join(by)
}
