import { realpathSync } from 'node:fs'
import { delimiter, dirname, extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Launch } from './clients.ts'

/** What tells how this process was started. */
export type Start = { execPath: string; path: string; platform: NodeJS.Platform }

/**
 * Returns the command that starts the Inkwell that runs now, in full paths: clients with windows do not have the `PATH`
 * of a terminal. Started by `npx`, Inkwell lies in a cache that npm may empty, so then it is `npx` again.
 */
export function launchOf(start: Start): Omit<Launch, 'env'> {
  const here = fileURLToPath(import.meta.url)
  const script = join(dirname(here), `../cli${extname(here)}`)
  if (!/[\\/]_npx[\\/]/.test(script)) return { command: lastingNode(start), args: [script] }
  const npx = ['npx', '-y', 'inkwell-mcp']
  const [command = 'npx', ...args] = start.platform === 'win32' ? ['cmd', '/c', ...npx] : npx
  return { command, args }
}

/** Node.js under a name that outlives its next version: package managers link `bin/node` to a folder of one version. */
function lastingNode({ execPath, path }: Start): string {
  const names = path.split(delimiter).map((folder) => join(folder, 'node'))
  return names.find((name) => !isPassing(name) && realPathOf(name) === execPath) ?? execPath
}

/** Whether a path is of one project or one terminal. */
function isPassing(path: string): boolean {
  return /node_modules|multishells/.test(path)
}

function realPathOf(path: string): string | null {
  try {
    return realpathSync(path)
  } catch {
    return null
  }
}
