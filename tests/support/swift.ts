import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { mkdirSync, openSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { CreateBucketCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3'
import { temporaryFolder } from './databases.ts'

/** The key of every test, and another one of the same service, which may not read what the first one stored. */
export const KEYS = { AWS_ACCESS_KEY_ID: 'test:tester', AWS_SECRET_ACCESS_KEY: 'testing' }

/** How long the four servers may take to start, in milliseconds. */
const START_MS = 60_000

/** A real S3 server: OpenStack Swift, with the API of S3. */
export type Swift = AsyncDisposable & {
  origin: string
  /** Makes a bucket. Returns the value of INKWELL_OUTPUT_STORE for it, with the service at another origin if given. */
  bucket(name: string, origin?: string): Promise<string>
  /** The names of what is in a bucket, below the prefix of its store. */
  keys(bucket: string): Promise<string[]>
}

/** Starts Swift on this machine: a proxy, and one server each for accounts, containers and objects. */
export async function startSwift(): Promise<Swift> {
  const folder = temporaryFolder()
  const [proxy = 0, account = 0, container = 0, object = 0, cache = 0] = await freePorts(5)
  const etc = join(folder.path, 'etc')
  mkdirSync(join(folder.path, 'node', 'disk'), { recursive: true })
  mkdirSync(etc)
  writeFileSync(join(etc, 'swift.conf'), '[swift-hash]\nswift_hash_path_suffix = tests\n')
  for (const [kind, port] of Object.entries({ account, container, object })) {
    const ring = (...args: string[]) =>
      execFileSync('swift-ring-builder', [`${kind}.builder`, ...args], { cwd: etc })
    ring('create', '4', '1', '0')
    ring('add', `r1z1-127.0.0.1:${port}/disk`, '1')
    ring('rebalance')
    writeFileSync(join(etc, `${kind}.conf`), serverConf(kind, { port, folder: folder.path }))
  }
  writeFileSync(join(etc, 'proxy.conf'), proxyConf({ port: proxy, cache, etc }))
  const log = openSync(join(folder.path, 'swift.log'), 'a')
  const start = (command: string, ...args: string[]): ChildProcess =>
    spawn(command, args, { stdio: ['ignore', log, log] })
  const children = [
    start('memcached', '-l', '127.0.0.1', '-p', String(cache), '-u', userInfo().username),
    ...['account', 'container', 'object', 'proxy'].map((kind) =>
      start(`swift-${kind}-server`, join(etc, `${kind}.conf`)),
    ),
  ]
  const origin = `http://127.0.0.1:${proxy}`
  await untilHealthy(origin)
  const client = new S3Client({
    endpoint: origin,
    region: 'us-east-1',
    forcePathStyle: true,
    maxAttempts: 20, // until all servers behind the proxy have started
    credentials: {
      accessKeyId: KEYS.AWS_ACCESS_KEY_ID,
      secretAccessKey: KEYS.AWS_SECRET_ACCESS_KEY,
    },
  })
  await client.send(new CreateBucketCommand({ Bucket: 'started' }))
  return {
    origin,
    async bucket(name, at = origin) {
      await client.send(new CreateBucketCommand({ Bucket: name }))
      return `s3://${name}/inkwell?endpoint=${at}&region=us-east-1`
    },
    async keys(bucket) {
      const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket: bucket }))
      return Contents.map(({ Key = '' }) => Key.replace(/^inkwell\//, ''))
    },
    async [Symbol.asyncDispose]() {
      client.destroy()
      const ended = children.map((child) => new Promise((done) => child.once('exit', done)))
      for (const child of children) child.kill('SIGTERM')
      await Promise.race([Promise.all(ended), sleep(5_000, undefined, { ref: false })])
      for (const child of children) child.kill('SIGKILL')
      folder[Symbol.dispose]()
    },
  }
}

function serverConf(kind: string, { port, folder }: { port: number; folder: string }): string {
  return `[DEFAULT]
bind_ip = 127.0.0.1
bind_port = ${port}
user = ${userInfo().username}
swift_dir = ${folder}/etc
devices = ${folder}/node
mount_check = false
workers = 0
[pipeline:main]
pipeline = ${kind}-server
[app:${kind}-server]
use = egg:swift#${kind}
`
}

function proxyConf({ port, cache, etc }: { port: number; cache: number; etc: string }): string {
  return `[DEFAULT]
bind_ip = 127.0.0.1
bind_port = ${port}
user = ${userInfo().username}
swift_dir = ${etc}
workers = 0
[pipeline:main]
pipeline = catch_errors healthcheck cache listing_formats s3api tempauth copy slo dlo proxy-server
[app:proxy-server]
use = egg:swift#proxy
allow_account_management = true
account_autocreate = true
conn_timeout = 5
node_timeout = 30
error_suppression_limit = 1000
[filter:catch_errors]
use = egg:swift#catch_errors
[filter:healthcheck]
use = egg:swift#healthcheck
[filter:cache]
use = egg:swift#memcache
memcache_servers = 127.0.0.1:${cache}
[filter:listing_formats]
use = egg:swift#listing_formats
[filter:s3api]
use = egg:swift#s3api
[filter:tempauth]
use = egg:swift#tempauth
user_test_tester = testing .admin
user_other_tester = testing .admin
[filter:copy]
use = egg:swift#copy
[filter:slo]
use = egg:swift#slo
[filter:dlo]
use = egg:swift#dlo
`
}

async function untilHealthy(origin: string): Promise<void> {
  const giveUpAt = performance.now() + START_MS
  while (!(await fetch(`${origin}/healthcheck`).catch(() => ({ ok: false }))).ok) {
    if (performance.now() > giveUpAt) throw new Error('Swift did not start')
    await sleep(100)
  }
}

/** Returns free ports of this machine. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'))
  await Promise.all(
    servers.map((server) => new Promise((listening) => server.once('listening', listening))),
  )
  const ports = servers.map((server) => (server.address() as { port: number }).port)
  await Promise.all(servers.map((server) => new Promise((closed) => server.close(closed))))
  return ports
}
