import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { plainPicture, temporaryHome } from '../support/app.ts'
import { connectV2, type ListedTool, type TestClient } from '../support/clients.ts'
import { answerOf } from './support.ts'

const NAMED = /([a-z0-9][\w.-]*(?:\/[\w.-]+)+) (free|\$\d+\.\d+)/g

/** The models that a tool names, with what it says they cost. */
async function namedBy(client: TestClient, name: string): Promise<[id: string, cost: string][]> {
  const tool = (await client.tools()).find((each) => each.name === name) as ListedTool
  const { model } = tool.inputSchema['properties'] as { model: { description: string } }
  return [...model.description.matchAll(NAMED)].map(([, id = '', cost = '']) => [id, cost])
}

test('each tool names its models with the prices that a quote tells, the default and a free one among them', async () => {
  using home = temporaryHome()
  const image = await plainPicture(home)
  await using client = await connectV2(home)
  const calls: [tool: string, args: object][] = [
    ['generateImage', { prompt: 'a calm sea' }],
    ['editImage', { prompt: 'grayscale', image }],
    ['removeBackground', { image }],
    ['upscale', { image }],
    ['run', {}],
  ]
  for (const [tool, args] of calls) {
    const named = await namedBy(client, tool)
    for (const [model, cost] of named) {
      const input = model.includes('speech') ? { text: 'calm' } : { prompt: 'a calm sea' }
      const all = { ...args, ...(tool === 'run' && { input }), model, quoteOnly: true }
      const quoted = answerOf(await client.call(tool, all))
      const { display } = quoted['cost'] as { display: string }
      expect([model, display]).toEqual([model, cost === 'free' ? '$0.00' : cost])
    }
    const usual = tool === 'run' ? 5 : 2
    expect(named.length).toBeGreaterThanOrEqual(usual)
    if (tool === 'run') continue
    const { model } = answerOf(await client.call(tool, { ...args, quoteOnly: true }))
    expect(named.map(([id]) => id)).toContain(model)
    expect(named.filter(([, cost]) => cost === 'free')).toHaveLength(1)
  }
})

test('the prices are those in force, and what the operator added is named', async () => {
  using home = temporaryHome()
  const prices = join(home.path, 'prices.json')
  writeFileSync(
    prices,
    JSON.stringify({
      'fal-ai/flux-2-flex': { usd: '0.0612', operation: 'generateImage' },
      'acme/own-model': { usd: '0.07', operation: 'generateImage' },
    }),
  )
  await using client = await connectV2(home, { INKWELL_PRICES: prices })
  const named = await namedBy(client, 'generateImage')
  expect(named).toContainEqual(['fal-ai/flux-2-flex', '$0.0612'])
  expect(named).toContainEqual(['acme/own-model', '$0.07'])
})

test('what unlisted models cost is said, and how to get transparency', async () => {
  using home = temporaryHome()
  const wordsOf = async (env: Record<string, string>): Promise<string> => {
    await using client = await connectV2(home, env)
    return JSON.stringify(await client.tools())
  }
  const usual = await wordsOf({})
  expect(usual).toContain('Unlisted models cost $0.05.')
  expect(usual).toMatch(/transparency call removeBackground after.*local\/draft/)
  expect(await wordsOf({ INKWELL_UNKNOWN_MODELS: 'refuse' })).toContain(
    'Unlisted models are refused.',
  )
})
