import { spawnSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { inkwell, temporaryHome } from '../support/app.ts'
import { connectPinned, issued, openedAccount, serveHttp } from '../support/http.ts'

const TILE = { imageSize: '64x64', preview: false }

/** The values of a metric, by its labels. */
const valuesOf = (text: string, name: string): Map<string, number> =>
  new Map(
    [...text.matchAll(RegExp(`^${name}(?:\\{(.*)\\})? (\\S+)$`, 'gm'))].map(([, labels, value]) => [
      labels ?? '',
      Number(value),
    ]),
  )

test('metrics keep the rules of Prometheus, name no unlisted model, and tell the state of the ledger', async () => {
  using home = temporaryHome()
  const account = await openedAccount(home, 'Measured')
  const { key } = await issued(home, account)
  await using server = await serveHttp(home)
  await using client = await connectPinned(server, key)
  const read = async () => await (await server.get('/metrics')).text()
  expect(valuesOf(await read(), 'inkwell_ledger_verified_timestamp_seconds').size).toBe(0)
  await client.call('generateImage', { ...TILE, prompt: 'fog' })
  await client.call('generateImage', { ...TILE, prompt: 'sea', model: 'someone/invented-this' })
  expect((await inkwell(home, ['ledger', 'verify'])).code).toBe(0)

  const text = await read()
  const lint = spawnSync('promtool', ['check', 'metrics'], { input: text, encoding: 'utf8' })
  if (lint.error !== undefined)
    throw new Error('This test needs promtool: apt-get install prometheus', { cause: lint.error })
  expect(`${lint.stdout}${lint.stderr}`).toBe('')
  expect(lint.status).toBe(0)

  const charged = valuesOf(text, 'inkwell_charged_micro_dollars_total')
  expect(Object.fromEntries(charged)).toEqual({
    'operation="generateImage",provider="local",model="fal-ai/flux-2-flex"': 50_000,
    'operation="generateImage",provider="local",model="other"': 50_000,
  })
  const work = valuesOf(text, 'inkwell_upstream_seconds_count')
  expect(work.get('operation="generateImage",provider="local",outcome="ok"')).toBe(2)
  expect(text).not.toContain('invented')
  const one = (name: string): number => valuesOf(text, name).get('') ?? Number.NaN
  expect(one('inkwell_held_micro_dollars')).toBe(0)
  expect(one('inkwell_oldest_hold_age_seconds')).toBe(0)
  expect(one('inkwell_output_disk_free_bytes')).toBeGreaterThan(0)
  expect(Math.abs(one('inkwell_clock_difference_seconds'))).toBeLessThan(1)
  expect(one('inkwell_ledger_verified_timestamp_seconds')).toBeGreaterThan(Date.now() / 1000 - 60)
  expect(valuesOf(text, 'inkwell_build_info').size).toBe(1)
  for (const standard of ['process_cpu_seconds_total', 'nodejs_eventloop_lag_p99_seconds'])
    expect(valuesOf(text, standard).size).toBe(1)
})
