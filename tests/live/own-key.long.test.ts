import { expect, test } from 'vitest'
import { examine, type Home, type Settings } from '../support/app.ts'
import { connectV2, type TestClient } from '../support/clients.ts'
import { startFalEmulator } from '../services/fal/emulator.ts'
import { GRANT, liveHome } from '../support/live.ts'

const CHEAP = { prompt: 'a fox', model: 'fal-ai/flux/schnell', imageSize: 'square', preview: false }
const OWN_KEY = 'own-key:77aa'

async function facts(client: TestClient, tool: string, args: object = {}) {
  const { structuredContent } = await client.call(tool, args)
  return structuredContent as { [fact: string]: unknown; error?: { code: string; scope: string } }
}

/** Spends the whole grant on the operator's key: five films at a dollar. */
async function spendAll(home: Home, env: Settings): Promise<void> {
  await using client = await connectV2(home, env)
  const input = { prompt: 'a fox' }
  for (let film = 0; film < 5; film += 1)
    await facts(client, 'run', { model: 'fal-ai/veo3.1', input })
  const { error } = await facts(client, 'generateImage', CHEAP)
  expect(error?.code).toBe('insufficient_credits')
}

test('with an own key a call at a balance of nothing works, is not debited and is recorded', async () => {
  await using fal = await startFalEmulator()
  using home = liveHome(fal)
  await spendAll(home, {})
  const before = fal.jobs.length
  {
    await using client = await connectV2(home, { INKWELL_FAL_KEY: fal.key })
    const paid = await facts(client, 'generateImage', CHEAP)
    expect(paid).toMatchObject({
      status: 'completed',
      billing: 'own_key',
      cost: { micro: 3_000 },
      balance: { micro: 0 },
      session: { spent: { micro: 3_000 } },
    })
    expect(fal.jobs).toHaveLength(before + 1)
    const usage = await facts(client, 'checkUsage')
    expect(usage['recent']).toContainEqual(
      expect.objectContaining({
        billing: 'own_key',
        model: CHEAP.model,
        cost: { micro: 3_000, currency: 'USD', display: '$0.003' },
      }),
    )
  }
  const { available, held, difference } = await examine(home)
  expect({ available, held, difference }).toEqual({ available: 0, held: 0, difference: null })
})

test('where both keys are set the own key is the one sent, and no other', async () => {
  await using fal = await startFalEmulator({ key: OWN_KEY })
  using home = liveHome(fal, { FAL_KEY: 'operators-key:1', INKWELL_FAL_KEY: OWN_KEY })
  {
    await using client = await connectV2(home)
    expect(await facts(client, 'generateImage', CHEAP)).toMatchObject({ billing: 'own_key' })
    expect(fal.requests.some(({ key }) => key === 'right')).toBe(true)
    expect(fal.requests.filter(({ key }) => key === 'wrong')).toEqual([])
  }
  expect(await examine(home)).toMatchObject({ available: GRANT, held: 0, difference: null })
})

test.each(['INKWELL_FAL_KEY', 'ANIMATE_FAL_KEY'])(
  '%s is enough: no operator is needed',
  async (name) => {
    await using fal = await startFalEmulator({ key: OWN_KEY })
    using home = liveHome(fal, { FAL_KEY: '', [name]: OWN_KEY })
    await using client = await connectV2(home)
    const { mode, billing, provider } = await facts(client, 'generateImage', CHEAP)
    expect({ mode, billing, provider }).toEqual({
      mode: 'live',
      billing: 'own_key',
      provider: 'fal.ai',
    })
  },
)

const BUDGETS = [
  ['INKWELL_MAX_USD_PER_RUN', 'session_budget_exceeded'],
  ['ANIMATE_MAX_USD_PER_RUN', 'session_budget_exceeded'],
  ['INKWELL_MAX_USD_PER_DAY', 'daily_budget_exceeded'],
  ['INKWELL_MONTHLY_LIMIT_USD', 'monthly_limit_exceeded'],
] as const

test.each(BUDGETS)('on an own key %s is kept to the micro-dollar', async (name, code) => {
  await using fal = await startFalEmulator()
  using home = liveHome(fal, { INKWELL_FAL_KEY: fal.key, [name]: '0.006' })
  {
    await using client = await connectV2(home)
    const calls = Array.from({ length: 5 }, () => facts(client, 'generateImage', CHEAP))
    const codes = (await Promise.all(calls)).map(({ error }) => error?.code ?? 'paid')
    expect(codes.toSorted()).toEqual([code, code, code, 'paid', 'paid'].toSorted())
    expect(fal.jobs).toHaveLength(2)
  }
  expect(await examine(home)).toMatchObject({ available: GRANT, held: 0, difference: null })
})

test('on an own key a failure counts against no budget, and maxCostUsd holds', async () => {
  await using fal = await startFalEmulator({ faults: [{ kind: 'modelError' }] })
  using home = liveHome(fal, { INKWELL_FAL_KEY: fal.key, INKWELL_MAX_USD_PER_RUN: '0.003' })
  await using client = await connectV2(home)
  const first = await facts(client, 'generateImage', CHEAP)
  expect(first.error?.code).toBe('content_refused')
  const dear = await facts(client, 'generateImage', { ...CHEAP, maxCostUsd: 0.002 })
  expect(dear.error?.code).toBe('max_cost_exceeded')
  expect(await facts(client, 'generateImage', CHEAP)).toMatchObject({ status: 'completed' })
  expect(fal.jobs).toHaveLength(2)
})
