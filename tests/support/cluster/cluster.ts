import type { ChildProcess } from 'node:child_process'
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { temporaryFolder } from '../databases.ts'
import { freePort } from '../postgres.ts'
import { haproxyConfig, patroniConfig, type Node } from './configs.ts'
import { giveToPostgres, kill, startAsPostgres, until } from './processes.ts'

/** How a primary goes: its PostgreSQL crashes, or its whole machine, Patroni with it. */
export type Death = 'crash' | 'machine'

/** Three PostgreSQL servers with synchronous replication, managed by Patroni with etcd, behind HAProxy. */
export type Cluster = AsyncDisposable & {
  /** Leads to the primary, whichever it is. */
  url: string
  /** Leads to a replica. */
  replicaUrl: string
  /** Kills the primary. Returns when another one was promoted, and how long that took, in milliseconds. */
  killPrimary(death: Death): Promise<number>
  /** Hands over to a synchronous replica, as for maintenance. Returns how long that took, in milliseconds. */
  switchOver(): Promise<number>
  /** Waits until a synchronous replica streams and every node runs. */
  whole(): Promise<void>
}

type Member = { name: string; role: string; state: string }

/** Starts a cluster. Debian's packages `patroni`, `etcd-server`, `postgresql` and `haproxy` must be installed. */
export async function startCluster(): Promise<Cluster> {
  const folder = temporaryFolder()
  chmodSync(folder.path, 0o711)
  const port = async (): Promise<number> => await freePort()
  const [etcdPort, peerPort, primary, replica] = await Promise.all([port(), port(), port(), port()])
  const nodes: Node[] = []
  for (const name of ['node1', 'node2', 'node3'])
    nodes.push({
      name,
      folder: join(folder.path, name),
      port: await port(),
      restPort: await port(),
    })
  const password = crypto.randomUUID()
  for (const node of nodes) {
    mkdirSync(node.folder)
    // JSON is YAML.
    writeFileSync(
      join(node.folder, 'yml'),
      JSON.stringify(patroniConfig(node, { etcdPort, password })),
    )
  }
  writeFileSync(join(folder.path, 'haproxy'), haproxyConfig(nodes, { primary, replica }))
  giveToPostgres(folder.path)

  const patronis = new Map<string, ChildProcess>()
  const startNode = ({ name, folder: own }: Node): void =>
    void patronis.set(name, startAsPostgres('/usr/bin/patroni', [join(own, 'yml')]))
  const etcd = startAsPostgres(
    '/usr/bin/etcd',
    etcdArgs(join(folder.path, 'etcd'), etcdPort, peerPort),
  )
  await until('etcd', async () => (await fetch(`http://127.0.0.1:${etcdPort}/health`)).ok)
  for (const node of nodes) startNode(node)
  const haproxy = startAsPostgres('/usr/sbin/haproxy', ['-db', '-f', join(folder.path, 'haproxy')])

  const primaryNode = async (): Promise<Node | undefined> => {
    const asked = await Promise.all(
      nodes.map(async (node) => ((await is(node, 'primary')) ? [node] : [])),
    )
    return asked.flat()[0]
  }
  const another = (before: Node): Promise<number> =>
    until('another primary', async () => {
      const now = await primaryNode()
      return now !== undefined && now.name !== before.name
    })
  const whole = async (): Promise<void> => {
    await until('a whole cluster', async () => {
      const members = await membersOf(nodes)
      const isUp = ({ role, state }: Member): boolean =>
        role === 'leader' ? state === 'running' : /^(running|streaming)$/.test(state)
      return (
        members.length === nodes.length &&
        members.every(isUp) &&
        members.some(({ role }) => role === 'sync_standby')
      )
    })
  }
  const leader = async (): Promise<Node> => {
    const found = await primaryNode()
    if (found === undefined) throw new Error('there is no primary')
    return found
  }
  await whole()
  return {
    url: `postgres://postgres:${password}@127.0.0.1:${primary}/postgres`,
    replicaUrl: `postgres://postgres:${password}@127.0.0.1:${replica}/postgres`,
    whole,
    killPrimary: async (death) => {
      const node = await leader()
      const patroni = patronis.get(node.name)
      if (death === 'machine' && patroni !== undefined) await kill(patroni)
      process.kill(postmasterOf(node), 'SIGKILL')
      const tookMs = await another(node)
      if (death === 'machine') startNode(node)
      return tookMs
    },
    switchOver: async () => {
      const node = await leader()
      const standby = (await membersOf(nodes)).find(({ role }) => role === 'sync_standby')
      const body = JSON.stringify({ leader: node.name, candidate: standby?.name })
      const done = fetch(`http://127.0.0.1:${node.restPort}/switchover`, { method: 'POST', body })
      const tookMs = await another(node)
      if (!(await done).ok) throw new Error('the switchover was refused')
      return tookMs
    },
    [Symbol.asyncDispose]: async () => {
      await kill(haproxy)
      await Promise.all([...patronis.values()].map((child) => kill(child)))
      for (const node of nodes) killPostmaster(node)
      await kill(etcd)
      folder[Symbol.dispose]()
    },
  }
}

function etcdArgs(folder: string, port: number, peerPort: number): string[] {
  const [client, peer] = [`http://127.0.0.1:${port}`, `http://127.0.0.1:${peerPort}`]
  const settings = {
    'data-dir': folder,
    'listen-client-urls': client,
    'advertise-client-urls': client,
    'listen-peer-urls': peer,
    'initial-advertise-peer-urls': peer,
    'initial-cluster': `default=${peer}`,
  }
  return [
    '--unsafe-no-fsync',
    ...Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]),
  ]
}

/** Whether Patroni says that its node has a role. */
async function is({ restPort }: Node, role: string): Promise<boolean> {
  const answer = await fetch(`http://127.0.0.1:${restPort}/${role}`, {
    signal: AbortSignal.timeout(1_000),
  }).catch(() => null)
  return answer?.ok === true
}

async function membersOf(nodes: readonly Node[]): Promise<Member[]> {
  for (const { restPort } of nodes) {
    const answer = await fetch(`http://127.0.0.1:${restPort}/cluster`).catch(() => null)
    if (answer !== null) return ((await answer.json()) as { members: Member[] }).members
  }
  return []
}

function postmasterOf({ folder }: Node): number {
  return Number(readFileSync(join(folder, 'data/postmaster.pid'), 'utf8').split('\n')[0])
}

function killPostmaster(node: Node): void {
  try {
    process.kill(postmasterOf(node), 'SIGKILL')
  } catch {
    // It does not run.
  }
}
