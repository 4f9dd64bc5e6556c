import { realpathSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { environment } from '../../config.ts'
import type { Launch } from './clients.ts'

/**
 * Returns the command that starts the Inkwell that runs now, in full paths: clients with windows do not have the `PATH`
 * of a terminal. Started by `npx`, Inkwell lies in a cache that npm may empty, so then it is `npx` again.
 */
export function ownLaunch(): Omit<Launch, 'env'> {
  const [, started = ''] = process.argv
  const script = realPathOf(started) ?? started
  if (!/[\\/]_npx[\\/]/.test(script)) return { command: lastingNode(), args: [script] }
  const npx = ['npx', '-y', 'inkwell-mcp']
  const [command = 'npx', ...args] = process.platform === 'win32' ? ['cmd', '/c', ...npx] : npx
  return { command, args }
}

/** Node.js under a name that outlives its next version: package managers link `bin/node` to a folder of one version. */
function lastingNode(): string {
  const { execPath } = process
  const folders = (environment()['PATH'] ?? '').split(delimiter)
  const names = folders.map((folder) => join(folder, 'node'))
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
