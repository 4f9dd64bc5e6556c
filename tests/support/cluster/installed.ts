import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import { temporaryFolder } from '../databases.ts'
import { freePort } from '../postgres.ts'
import { binariesOf } from './configs.ts'
import { giveToPostgres, kill, ranAsPostgres, startAsPostgres, until } from './processes.ts'

export type InstalledPostgres = AsyncDisposable & { url: string; stop(): Promise<void> }

const PASSWORD = crypto.randomUUID()

/** Starts a server of the PostgreSQL that is installed, on a folder of its own. */
export async function startInstalledPostgres(): Promise<InstalledPostgres> {
  return await started((data, folder) => {
    const secret = join(folder, 'secret')
    writeFileSync(secret, PASSWORD)
    const options = { D: data, U: 'postgres', A: 'md5', E: 'UTF8' }
    const flags = Object.entries(options).flatMap(([name, value]) => [`-${name}`, value])
    ranAsPostgres(join(binariesOf('initdb'), 'initdb'), [
      ...flags,
      '--locale=C',
      '--pwfile',
      secret,
    ])
  })
}

/** Starts a replica that streams from such a server. */
export async function startReplica({ url }: InstalledPostgres): Promise<InstalledPostgres> {
  return await started((data) =>
    ranAsPostgres(join(binariesOf('pg_basebackup'), 'pg_basebackup'), [
      '--write-recovery-conf',
      '--checkpoint=fast',
      '-D',
      data,
      '-d',
      url,
    ]),
  )
}

async function started(fill: (data: string, folder: string) => void): Promise<InstalledPostgres> {
  const folder = temporaryFolder()
  chmodSync(folder.path, 0o711)
  const data = join(folder.path, 'data')
  giveToPostgres(folder.path)
  fill(data, folder.path)
  const port = await freePort()
  const settings = {
    port,
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: 200,
  }
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const server = startAsPostgres(join(binariesOf('postgres'), 'postgres'), ['-D', data, ...flags])
  const url = `postgres://postgres:${PASSWORD}@127.0.0.1:${port}/postgres`
  await until('PostgreSQL', async () => {
    const client = new pg.Client(url)
    await client.connect()
    await client.end()
    return true
  })
  return {
    url,
    stop: () => kill(server, 'SIGINT'),
    [Symbol.asyncDispose]: async () => {
      await kill(server, 'SIGINT')
      folder[Symbol.dispose]()
    },
  }
}
