import { readFileSync } from 'node:fs'
import { argv, stdout } from 'node:process'
import { setTimeout as sleep } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import { ATTACKS, type Attack } from '../tests/support/availability/attacks.ts'
import { temporaryHome } from '../tests/support/app.ts'
import { connectPinned, issued, openedAccount, serveHttp } from '../tests/support/http.ts'

/** What the longest answer of /healthz and the memory above that of an idle server may be. */
const HEALTH_MAX_MS = 250
const MEMORY_MAX_MB = 300

type Figures = { healthMs: number; memoryMb: number; tookMs: number; statuses: string }

/** Runs one attack on a server of its own, which has answered a few calls before. */
async function attacked({ run }: Attack): Promise<Figures> {
  // As docs/operating.md recommends: glibc keeps the memory of ended threads otherwise.
  using home = temporaryHome({ INKWELL_LOG_LEVEL: 'silent', MALLOC_ARENA_MAX: '2' })
  const account = await openedAccount(home, 'Mallory')
  const { key: reader } = await issued(home, account, { scopes: ['credits:read'] })
  const { key: poor } = await issued(home, account, { caps: { total: 0 } })
  await using server = await serveHttp(home)
  {
    await using client = await connectPinned(server, poor)
    for (let warm = 0; warm < 20; warm += 1) await client.call('checkUsage')
    await client.call('generateImage', {
      prompt: 'a tile',
      model: 'local/draft',
      imageSize: '64x64',
    })
    await client.call('generateImage', { prompt: 'a tile', imageSize: '64x64' })
  }
  await sleep(500)
  const { pid = 0 } = server.process
  const idleMb = residentMb(pid)
  let mostMb = idleMb
  const memory = setInterval(() => (mostMb = Math.max(mostMb, residentMb(pid))), 20)
  const probe = new Worker(new URL('../tests/support/availability/probe.ts', import.meta.url), {
    workerData: server.url,
  })
  await sleep(300)
  const startedAt = performance.now()
  const statuses = await run({ server, reader, poor })
  const tookMs = performance.now() - startedAt
  probe.postMessage('stop')
  const healthMs = await new Promise<number>((resolve) => void probe.once('message', resolve))
  clearInterval(memory)
  return { healthMs, memoryMb: mostMb - idleMb, tookMs, statuses: countBy(statuses) }
}

function residentMb(pid: number): number {
  const kb = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
  return Number(kb) / 1024
}

function countBy(statuses: readonly number[]): string {
  const counts = Map.groupBy(statuses, (status) => status)
  return [...counts].map(([status, all]) => `${all.length} × ${status}`).join(', ')
}

/**
 * Attacks a server with keys that may spend nothing. Prints for each attack the longest answer of /healthz and the memory
 * above that of an idle server. `npm run stress:availability -- WORD` runs the attacks whose names contain a word.
 */
const [word = ''] = argv.slice(2)
let worst = 0
let most = 0
for (const attack of ATTACKS.filter(({ name }) => name.includes(word))) {
  const { healthMs, memoryMb, tookMs, statuses } = await attacked(attack)
  worst = Math.max(worst, healthMs)
  most = Math.max(most, memoryMb)
  stdout.write(
    `${attack.name}: /healthz ${healthMs.toFixed(0)} ms, ${memoryMb.toFixed(0)} MB above idle, ${(tookMs / 1000).toFixed(1)} s, ${statuses}\n`,
  )
}
stdout.write(`worst: /healthz ${worst.toFixed(0)} ms, ${most.toFixed(0)} MB\n`)
if (worst > HEALTH_MAX_MS || most > MEMORY_MAX_MB) process.exitCode = 1
