import { expect, test } from 'vitest'
import { temporaryHome } from '../support/app.ts'
import { startRaw } from '../support/clients.ts'

test('prompts name their budget and existing tools only, and refuse an invalid budget', async () => {
  using home = temporaryHome()
  await using server = startRaw(home)
  await server.initialize()
  const { result } = await server.request('prompts/list')
  expect(result).toMatchObject({
    prompts: [
      {
        name: 'makeWithinBudget',
        description: expect.any(String),
        arguments: [
          { name: 'images', required: true, description: expect.any(String) },
          { name: 'budgetUsd', required: false, description: expect.any(String) },
        ],
      },
      { name: 'explainSpending', arguments: [{ name: 'days', required: false }] },
    ],
  })
  const get = async (name: string, args: object) =>
    await server.request('prompts/get', { name, arguments: args })
  const text = async (name: string, args: object) =>
    ((await get(name, args)).result as { messages: [{ content: { text: string } }] }).messages[0]
      .content.text

  const bounded = await text('makeWithinBudget', { images: 'three foxes', budgetUsd: '0.50' })
  expect(bounded).toContain('three foxes')
  expect(bounded).toContain('at most $0.50')
  expect(await text('makeWithinBudget', { images: 'a fox' })).not.toContain('$')
  expect(await text('explainSpending', {})).toContain('days: 7')
  expect(await text('explainSpending', { days: '30' })).toContain('days: 30')
  for (const wrong of [{}, { images: '' }, { images: 'a fox', budgetUsd: 'five' }])
    expect((await get('makeWithinBudget', wrong)).error).toMatchObject({ code: -32_602 })
})
