import { readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'

export const REPOSITORY = resolve(import.meta.dirname, '../..')

/** Where the program of this run is: the environment variable that tells its processes. */
export const BUILT = 'INKWELL_TEST_PROGRAM'

type Entry = { command: string; args: string[]; env: Record<string, string> }
const mcpJson = JSON.parse(readFileSync(join(REPOSITORY, 'mcp.json'), 'utf8')) as {
  mcpServers: { inkwell: Entry }
}

/** How mcp.json starts the server: from the sources. Its budget is left out: each test sets its own. */
export const { command: COMMAND, args: FROM_SOURCES } = mcpJson.mcpServers.inkwell

const built = process.env[BUILT]

/** How tests start it: as it is packaged, where the run has built it, which takes half of the time. */
export const ARGS = built === undefined ? FROM_SOURCES : [built]

const { NODE_COMPILE_CACHE } = process.env

/** Where Node.js keeps what it compiled: a place that does not outlive the run. */
export const CACHE: Record<string, string> =
  NODE_COMPILE_CACHE === undefined ? {} : { NODE_COMPILE_CACHE }

/** Files of this folder that tests start as processes. */
export const WORKERS = ['ledger-worker', 'paid-worker'] as const

/** The folder of their bundles, beside the program. */
export const workerPlace = (program: string): string => join(dirname(program), '../workers')

/** The file that is started: the bundle, where the run has built it. */
export function workerFile(name: (typeof WORKERS)[number]): string {
  return built === undefined
    ? join(import.meta.dirname, `${name}.ts`)
    : join(workerPlace(built), `${name}.js`)
}
