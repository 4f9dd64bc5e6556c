import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { temporaryFolder } from './databases.ts'
import { freePorts } from './swift.ts'

type Haproxy = AsyncDisposable & {
  url: string
  /** Resolves once it sends requests to the server at this place of the list. */
  untilUp(place: number): Promise<void>
}

/** HAProxy before servers that it probes at `/readyz`, as docs/operating.md sets it up. */
export async function startHaproxy(ports: readonly number[]): Promise<Haproxy> {
  const folder = temporaryFolder()
  const [port = 0, stats = 0] = await freePorts(2)
  const file = join(folder.path, 'haproxy.cfg')
  const servers = ports.map(
    (each) => `  server s${each} 127.0.0.1:${each} check inter 100ms fall 1 rise 1`,
  )
  writeFileSync(
    file,
    `defaults
  mode http
  timeout connect 2s
  timeout client 60s
  timeout server 60s
  timeout http-request 10s
  retries 3
  option redispatch
  retry-on conn-failure empty-response
listen inkwell
  bind 127.0.0.1:${port}
  option httpchk GET /readyz
  timeout check 2s
${servers.join('\n')}
listen stats
  bind 127.0.0.1:${stats}
  stats enable
  stats uri /
`,
  )
  const child = spawn('/usr/sbin/haproxy', ['-f', file, '-db'], { stdio: 'ignore' })
  const url = `http://127.0.0.1:${port}`
  const giveUpAt = performance.now() + 20_000
  while (!(await fetch(`${url}/healthz`).catch(() => ({ ok: false }))).ok) {
    if (performance.now() > giveUpAt) throw new Error('haproxy did not start')
    await sleep(50)
  }
  return {
    url,
    untilUp: async (place) => {
      const row = `inkwell,s${ports[place]},`
      const isUp = async (): Promise<boolean> =>
        (await (await fetch(`http://127.0.0.1:${stats}/;csv`)).text())
          .split('\n')
          .some((line) => line.startsWith(row) && line.includes(',UP,'))
      while (!(await isUp())) await sleep(50)
    },
    [Symbol.asyncDispose]: async () => {
      const ended = once(child, 'exit')
      child.kill('SIGTERM')
      await ended
      folder[Symbol.dispose]()
    },
  }
}
