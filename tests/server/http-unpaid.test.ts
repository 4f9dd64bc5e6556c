import { expect, test } from 'vitest'
import { inkwell, temporaryHome } from '../support/app.ts'
import { startFalEmulator } from '../services/fal/emulator.ts'
import { connectPinned, serveHttp } from '../support/http.ts'
import { CHEAP } from '../support/live.ts'

test('over HTTP a key that leaves too much unpaid is rate limited, and the operator sees it', async () => {
  await using fal = await startFalEmulator({ faults: [{ kind: 'nsfw', times: Infinity }] })
  using home = temporaryHome({
    FAL_KEY: fal.key,
    INKWELL_FAL_BASE_URL: fal.url,
    INKWELL_MAX_UNPAID_JOBS_PER_HOUR: '2',
  })
  const made = async (...args: string[]) =>
    JSON.parse((await inkwell(home, [...args, '--json'])).stdout) as { id: string; key: string }
  const { id } = await made('accounts', 'create', '--name', 'Ada')
  const { key } = await made('keys', 'create', '--account', id)
  await using server = await serveHttp(home)
  await using client = await connectPinned(server, key)
  const codes: unknown[] = []
  for (let calls = 0; calls < 4; calls += 1) {
    const { structuredContent, content } = await client.call('generateImage', CHEAP)
    codes.push((structuredContent?.['error'] as { code?: string } | undefined)?.code)
    expect(JSON.stringify(content)).not.toContain('INKWELL_')
  }
  expect(codes).toEqual(['content_refused', 'content_refused', 'rate_limited', 'rate_limited'])
  expect(fal.jobs).toHaveLength(2)
  const metrics = await (await server.get('/metrics')).text()
  expect(metrics).toContain('inkwell_unpaid_jobs_total{code="content_refused"} 2\n')
  expect(metrics).toContain('inkwell_unpaid_dollars_total{code="content_refused"} 0.006\n')
  expect((await inkwell(home, ['ledger', 'verify'])).code).toBe(0)
})
