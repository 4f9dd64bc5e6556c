import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { temporaryFolder } from './databases.ts'
import { freePort } from './postgres.ts'

/** Where Debian has it. */
const PGBOUNCER = '/usr/sbin/pgbouncer'

/** A real PgBouncer in transaction mode in front of a database, with two connections to it. */
export type Pooler = AsyncDisposable & { url: string }

/** Starts PgBouncer. The operating system's package `pgbouncer` must be installed. */
export async function startPgBouncer(database: string): Promise<Pooler> {
  const folder = temporaryFolder()
  const port = await freePort()
  const { hostname, port: of, username, password, pathname } = new URL(database)
  writeFileSync(join(folder.path, 'users'), `"${username}" "${password}"\n`)
  writeFileSync(
    join(folder.path, 'ini'),
    `[databases]
ledger = host=${hostname} port=${of} dbname=${pathname.slice(1)} user=${username} password=${password}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = plain
auth_file = ${join(folder.path, 'users')}
pool_mode = transaction
default_pool_size = 2
server_reset_query_always = 0
`,
  )
  for (const path of [folder.path, join(folder.path, 'users'), join(folder.path, 'ini')])
    chmodSync(path, 0o755)
  const isRoot = process.getuid?.() === 0
  const child = spawn(
    PGBOUNCER,
    [...(isRoot ? ['-u', 'postgres'] : []), join(folder.path, 'ini')],
    {
      stdio: 'ignore',
    },
  )
  const failed = once(child, 'error').then(([error]) => Promise.reject(error as Error))
  const exit = once(child, 'exit')
  await Promise.race([
    reachable(port),
    failed,
    exit.then(() => Promise.reject(new Error('PgBouncer ended at its start'))),
  ])
  return {
    url: `postgres://${username}:${password}@127.0.0.1:${port}/ledger`,
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGTERM')
      await exit
      folder[Symbol.dispose]()
    },
  }
}

async function reachable(port: number): Promise<void> {
  for (;;) {
    const socket = connect(port, '127.0.0.1')
    const reached = await new Promise<boolean>((done) => {
      socket.once('connect', () => done(true))
      socket.once('error', () => done(false))
    })
    socket.destroy()
    if (reached) return
    await sleep(20)
  }
}
