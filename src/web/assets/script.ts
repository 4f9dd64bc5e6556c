import { existsSync, readFileSync } from 'node:fs'
import { stripTypeScriptTypes } from 'node:module'

const IMPORT = /^import \{([^}]*)\} from '([^']+)';?$/gm
const EXPORT = /^export (?=(?:async )?function\*? (\w+)|(?:const|class) (\w+))/gm

/**
 * A module of ours and all that it imports as one script for a browser: each module becomes a function of its own,
 * run once, before those that need it. It knows named imports and exports of relative files, and throws at
 * anything else.
 */
function bundle(entry: URL): string {
  const names = new Map<string, string>()
  const parts: string[] = []

  const add = (module: URL): string => {
    const known = names.get(module.href)
    if (known !== undefined) return known
    const exported: string[] = []
    const code = javascript(module)
      .replace(IMPORT, (_, imported: string, from: string) => {
        const name = add(new URL(from, module))
        return `const {${imported.replaceAll(' as ', ': ')}} = ${name}`
      })
      .replace(EXPORT, (_, called?: string, valued?: string) => {
        exported.push(called ?? valued ?? '')
        return ''
      })
    if (/^\s*(?:import|export)\b/m.test(code)) throw new Error(`${module.href} cannot be bundled`)
    const name = `$${names.size}`
    names.set(module.href, name)
    parts.push(`const ${name} = (() => {\n${code.trim()}\nreturn { ${exported.join(', ')} }\n})()`)
    return name
  }

  add(entry)
  return parts.join('\n')
}

/** The JavaScript of a module: of the sources without its types, of a built package what the compiler made of it. */
function javascript(module: URL): string {
  if (module.href.endsWith('.ts') && existsSync(module))
    return stripTypeScriptTypes(readFileSync(module, 'utf8'))
  const built = new URL(module.href.replace(/\.ts$/, '.js'))
  return readFileSync(built, 'utf8').replace(/^(?:\/\/# sourceMappingURL=.*|export \{\};)$/gm, '')
}

/** A script for browsers, with all that it imports. */
export async function browserScript(name: 'page' | 'app'): Promise<string> {
  return bundle(new URL(`../browser/${name}.ts`, import.meta.url))
}
