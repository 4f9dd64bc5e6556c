import { once } from 'node:events'
import { expect, test } from 'vitest'
import { until } from '../generations/paid-app.ts'
import { startRaw, type RawServer } from '../support/clients.ts'
import { startFalEmulator } from '../services/fal/emulator.ts'
import { CHEAP, liveHome } from '../support/live.ts'

/** Longest time between a signal and the end of the process, in milliseconds. */
const EXIT_MS = 4_000

const ERAS = [
  { era: '2025-11-25', meta: {} },
  {
    era: '2026-07-28',
    meta: {
      'io.modelcontextprotocol/protocolVersion': '2026-07-28',
      'io.modelcontextprotocol/clientInfo': { name: 'inkwell-tests', version: '1.0.0' },
      'io.modelcontextprotocol/clientCapabilities': {},
    },
  },
]

test.each(ERAS.map((era, place) => ({ ...era, signal: (['SIGTERM', 'SIGHUP'] as const)[place] })))(
  '$signal in the middle of a call of $era hands it over with its id, and the same call joins it',
  async ({ era, meta, signal }) => {
    await using fal = await startFalEmulator({ queueMs: 0, runMs: 4_000 })
    using home = liveHome(fal)
    const params = { name: 'generateImage', arguments: CHEAP, _meta: meta }
    const started = async (): Promise<RawServer> => {
      const server = startRaw(home)
      if (era === '2025-11-25') await server.initialize()
      return server
    }
    await using server = await started()
    const call = server.request('tools/call', params)
    await until(() => fal.jobs.some(({ state }) => state === 'IN_PROGRESS'), 30_000)
    const exit = once(server.process, 'exit')
    const startedAt = performance.now()
    server.process.kill(signal)
    const { id, status } = structuredOf(await call)
    expect({ id, status }).toEqual({ id: expect.stringMatching(/^gen_/), status: 'running' })
    expect(await exit).toEqual([0, null])
    expect(performance.now() - startedAt).toBeLessThan(EXIT_MS)

    await using next = await started()
    const joined = structuredOf(await next.request('tools/call', params))
    expect(joined).toMatchObject({ id, status: 'completed', replayed: true })
    expect([fal.jobs.length, fal.charges.length]).toEqual([1, 1])
  },
)

function structuredOf({ result }: Awaited<ReturnType<RawServer['request']>>) {
  return (result as { structuredContent: Record<string, unknown> }).structuredContent
}
