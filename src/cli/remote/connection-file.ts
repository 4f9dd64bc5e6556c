import { open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import * as z from 'zod'
import { AppError, codeOf } from '../../errors.ts'
import { makeFolder } from '../../folder.ts'

/** A lock that is older is of a process that ended, in milliseconds: longer than both requests for new tokens take. */
const LOCK_MS = 60_000

const ConnectionShape = z.object({
  /** The origin of the server. */
  server: z.string(),
  issuer: z.string(),
  resource: z.string(),
  clientId: z.string(),
  accessToken: z.string(),
  refreshToken: z.string(),
})

/** What this machine keeps of its connection to a server. */
export type StoredConnection = z.infer<typeof ConnectionShape>

/** Reads the connection to a server. Throws `unauthorized` if there is none. */
export async function readConnection(home: string, server: string): Promise<StoredConnection> {
  try {
    return ConnectionShape.parse(JSON.parse(await readFile(fileOf(home, server), 'utf8')))
  } catch (cause) {
    throw new AppError('unauthorized', `This machine has no connection to ${server}.`, {
      hint: 'Connect it first.',
      localHint: `\`inkwell connect ${server}\` does.`,
      cause,
    })
  }
}

/** Stores a connection, readable by its owner only. */
export async function storeConnection(home: string, connection: StoredConnection): Promise<void> {
  const file = fileOf(home, connection.server)
  await makeFolder(join(home, 'connections'))
  const draft = `${file}.${process.pid}`
  await writeFile(draft, JSON.stringify(connection), { mode: 0o600 })
  await rename(draft, file)
}

/** Runs a body while no other process of this machine runs one for the same server. */
export async function alone<T>(home: string, server: string, body: () => Promise<T>): Promise<T> {
  const lock = `${fileOf(home, server)}.lock`
  while (!(await taken(lock))) {
    const { mtimeMs } = await stat(lock).catch(() => ({ mtimeMs: Date.now() }))
    if (Date.now() - mtimeMs > LOCK_MS) await rm(lock, { force: true })
    await sleep(50)
  }
  try {
    return await body()
  } finally {
    await rm(lock, { force: true })
  }
}

async function taken(lock: string): Promise<boolean> {
  try {
    await (await open(lock, 'wx', 0o600)).close()
    return true
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false
    throw error
  }
}

function fileOf(home: string, server: string): string {
  return join(home, 'connections', `${new URL(server).host.replaceAll(/[^\w.-]/g, '_')}.json`)
}
