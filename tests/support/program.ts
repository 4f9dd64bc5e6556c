import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

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
