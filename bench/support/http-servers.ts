import { execFileSync, fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { issueKey } from '../../src/accounts/keys.ts'
import { LOCAL_ACCOUNT } from '../../src/accounts/sessions.ts'
import { openDb } from '../../src/db/queue.ts'
import { openSqlite } from '../../src/db/sqlite/sqlite.ts'
import { fillLedger } from './fill.ts'

const CLI = join(import.meta.dirname, '../../src/cli/cli.ts')
const DRAW = '{"prompt":"calm teal gradient","model":"local/draft","imageSize":"512x288"}'

type Started = { url: string; process: ChildProcess }

/** Servers over one ledger, each a process of its own. All end, and the ledger goes, when this is disposed of. */
export type Servers = Disposable & {
  /** A key of the account that has all the work. */
  key: string
  /** The id of a completed generation with a file. */
  generation: string
  inkwell(args?: readonly string[], node?: readonly string[]): Promise<Started>
  /** The bare SDK and bare Hono. The tool `answer` returns this result. */
  echo(answer: object): Promise<Started>
}

/** Makes a ledger with 1,000 generations, a key and a file. No server has started yet. */
export async function prepareServers(): Promise<Servers> {
  const folder = mkdtempSync(join(tmpdir(), 'inkwell-bench-'))
  const file = join(folder, 'ledger.db')
  const env = {
    ...process.env,
    INKWELL_HOME: folder,
    INKWELL_DATABASE_URL: `sqlite:${file}`,
    INKWELL_LOG_LEVEL: 'silent',
    INKWELL_MAX_CALLS_PER_MINUTE: '999999', // ten times as many requests
  }
  await fillLedger(file, 1_000)
  const db = openDb(await openSqlite(file))
  const { key } = await db.write(() => issueKey(LOCAL_ACCOUNT.id, {}, Date.now()))
  await db.close()
  const drawn = execFileSync(process.execPath, [CLI, 'call', 'generateImage', DRAW, '--json'], {
    env,
  })
  const { structuredContent } = JSON.parse(drawn.toString()) as {
    structuredContent: { id: string }
  }
  const servers: ChildProcess[] = []
  return {
    key,
    generation: structuredContent.id,
    inkwell: async (args = [], node = []) => {
      const server = fork(CLI, ['serve', '--port', '0', ...args], {
        execArgv: [...node],
        env,
        stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
      })
      servers.push(server)
      if (server.stdout === null) throw new Error('no stdout')
      const [line] = (await once(createInterface({ input: server.stdout }), 'line')) as [string]
      return { url: line.slice(line.indexOf('http://')), process: server }
    },
    echo: async (answer, node: readonly string[] = []) => {
      const server = fork(join(import.meta.dirname, 'echo-http.ts'), [JSON.stringify(answer)], {
        execArgv: [...node],
      })
      servers.push(server)
      const [url] = (await once(server, 'message')) as [string]
      return { url, process: server }
    },
    [Symbol.dispose]: () => {
      for (const server of servers) server.kill('SIGKILL')
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
