import { globSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve, sep } from 'node:path'

const SRC = resolve(import.meta.dirname, '../../src')

/** Every source file, by its path in `src`. */
export const files = globSync('**/*.ts', { cwd: SRC }).map((file) => file.split(sep).join('/'))
export const textOf = (file: string): string => readFileSync(join(SRC, file), 'utf8')

type Import = { file: string; target: string; isStatic: boolean; isType: boolean }

/** Every import, types included. The target is a path in `src`, or the name of a package. */
export const imports: Import[] = files.flatMap((file) => {
  const text = textOf(file)
  const target = (path = '') =>
    path.startsWith('.')
      ? relative(SRC, join(SRC, dirname(file), path))
          .split(sep)
          .join('/')
      : path
  const fixed = [...text.matchAll(/^(?:im|ex)port\s+(type\s)?(?:[^'";=]*?\sfrom\s+)?'([^']+)'/gm)]
  const awaited = [...text.matchAll(/\bimport\(\s*'([^']+)'/g)]
  const started = [...text.matchAll(/new Worker\(new URL\(`(\w+)\$/g)] // a thread, beside the file
  return [
    ...fixed.map(([, type, path]) => ({
      file,
      target: target(path),
      isStatic: true,
      isType: type !== undefined,
    })),
    ...awaited.map(([, path]) => ({ file, target: target(path), isStatic: false, isType: false })),
    ...started.map(([, name]) => ({
      file,
      target: target(`./${name}.ts`),
      isStatic: false,
      isType: false,
    })),
  ]
})
/** Imports of a file by a file. */
export const inside = imports.filter(({ target }) => target.endsWith('.ts'))

/** A file and all files that load it, however far. */
export function importersOf(file: string): Set<string> {
  const found = new Set([file])
  for (const target of found)
    for (const one of inside) if (one.target === target && !one.isType) found.add(one.file)
  return found
}

const folders = new Set(files.map((file) => dirname(file)))

/** The folder of a file. A file beside a folder of its own name belongs to it, and one directly in `src` is alone. */
function folderOf(file: string): string {
  const own = file.replace(/\.ts$/, '')
  if (folders.has(own)) return own
  return dirname(file) === '.' ? file : dirname(file)
}

/** The folders that lead back to themselves by imports, types included. */
export function foldersInCircles(): string[] {
  const graph = Map.groupBy(inside, ({ file }) => folderOf(file))
  return [...graph.keys()].filter((folder) => {
    const reached = new Set<string>()
    const follow = (from: string): void => {
      for (const { target } of graph.get(from) ?? []) {
        const to = folderOf(target)
        if (to === from || reached.has(to)) continue
        reached.add(to)
        follow(to)
      }
    }
    follow(folder)
    return reached.has(folder)
  })
}
