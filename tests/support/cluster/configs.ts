import { globSync } from 'node:fs'
import { dirname } from 'node:path'

/** Where Debian has a program of PostgreSQL: the newest version that is installed. */
export function binariesOf(program: string): string {
  const found = globSync(`/usr/lib/postgresql/*/bin/${program}`).toSorted().at(-1)
  if (found === undefined) throw new Error(`install postgresql: ${program} is missing`)
  return dirname(found)
}

export type Node = { name: string; folder: string; port: number; restPort: number }

type Secrets = { password: string }

/** The settings of one Patroni: synchronous replication, and a primary that crashes is replaced at once. */
export function patroniConfig(node: Node, { etcdPort, password }: Secrets & { etcdPort: number }) {
  const { name, folder, port, restPort } = node
  const hba = ['host all all 127.0.0.1/32 md5', 'host replication replicator 127.0.0.1/32 md5']
  return {
    scope: 'inkwell',
    name,
    log: { level: 'INFO', dir: folder },
    restapi: { listen: `127.0.0.1:${restPort}`, connect_address: `127.0.0.1:${restPort}` },
    etcd3: { host: `127.0.0.1:${etcdPort}` },
    bootstrap: {
      dcs: {
        ttl: 20,
        loop_wait: 1,
        retry_timeout: 3,
        maximum_lag_on_failover: 1_048_576,
        primary_start_timeout: 0,
        synchronous_mode: true,
        postgresql: {
          use_pg_rewind: true,
          use_slots: true,
          parameters: { max_connections: 100, shared_buffers: '32MB', wal_keep_size: '256MB' },
        },
      },
      initdb: [{ encoding: 'UTF8' }, { locale: 'C' }, 'data-checksums'],
    },
    postgresql: {
      listen: `127.0.0.1:${port}`,
      connect_address: `127.0.0.1:${port}`,
      data_dir: `${folder}/data`,
      bin_dir: binariesOf('postgres'),
      pgpass: `${folder}/pgpass`,
      pg_hba: hba,
      authentication: {
        superuser: { username: 'postgres', password },
        replication: { username: 'replicator', password },
      },
      parameters: { unix_socket_directories: folder },
    },
  }
}

/** HAProxy in front of all nodes: a port that leads to the primary, and one to a replica, as Patroni says. */
export function haproxyConfig(
  nodes: readonly Node[],
  ports: { primary: number; replica: number },
): string {
  const servers = nodes
    .map(({ name, port, restPort }) => `  server ${name} 127.0.0.1:${port} check port ${restPort}`)
    .join('\n')
  const listen = (role: string, port: number): string => `listen ${role}
  bind 127.0.0.1:${port}
  option httpchk GET /${role}
  http-check expect status 200
  default-server inter 500 fall 2 rise 1 on-marked-down shutdown-sessions
${servers}
`
  return `defaults
  mode tcp
  timeout connect 2s
  timeout client 10m
  timeout server 10m
${listen('primary', ports.primary)}${listen('replica', ports.replica)}`
}
