import { AjvJsonSchemaValidator } from '@modelcontextprotocol/client/validators/ajv'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { money } from '../../src/money.ts'
import { PaidResultShape } from '../../src/tools/result-shape.ts'
import { UsageOverviewShape } from '../../src/usage/overview.ts'
import { plainPicture, temporaryHome, type Home } from '../support/app.ts'
import { beforeTests } from '../support/before-tests.ts'
import { connectV2, type ListedTool, type TestClient } from '../support/clients.ts'
import { answerOf, errorOf } from '../tools/support.ts'

let home: Home
let client: TestClient
let tools: ListedTool[]

beforeTests(async (keep) => {
  home = keep(temporaryHome())
  client = keep(await connectV2(home))
  tools = await client.tools()
})

const validators = new AjvJsonSchemaValidator()
const problem = (name: string, answer: unknown): string | undefined => {
  const validate = validators.getValidator(
    tools.find((tool) => tool.name === name)?.outputSchema ?? { not: {} },
  )
  return validate(answer).errorMessage
}

test('each result matches the output schema of its tool: a result, a quote, a refused quote and their views', async () => {
  const picture = await plainPicture(home)
  const made = await client.call('generateImage', { prompt: 'calm sea', imageSize: 'square' })
  const id = made.structuredContent?.id
  const calls: [string, object][] = [
    ['generateImage', { prompt: 'calm sea', quoteOnly: true }],
    ['generateImage', { prompt: 'calm sea', quoteOnly: true, maxCostUsd: 0 }],
    ['editImage', { prompt: 'grayscale', image: id }],
    ['removeBackground', { image: picture }],
    ['upscale', { image: picture }],
    ['run', { model: 'fal-ai/lora', input: { prompt: 'calm sea', model_name: 'acme/sdxl' } }],
    ['getGeneration', { id }],
    ['checkUsage', {}],
    ['checkUsage', { limit: 0, days: 366, daily: true }],
  ]
  expect(problem('generateImage', made.structuredContent)).toBeUndefined()
  for (const [name, args] of calls) {
    const answer = answerOf(await client.call(name, args))
    expect([name, problem(name, answer)]).toEqual([name, undefined])
    // What clients are told is the short form: the whole of it is what programs rely on.
    const whole = z.strictObject(
      (name === 'checkUsage' ? UsageOverviewShape : PaidResultShape).shape,
    )
    expect([name, whole.safeParse(answer).error]).toEqual([name, undefined])
  }
})

// A client of SDK 1.x throws a refusal away, words and all, where it does not fit.
test('a refusal matches the output schema of its tool', async () => {
  const calls: [string, object][] = [
    ['generateImage', { prompt: '' }],
    ['generateImage', { prompt: 'calm sea', maxCostUsd: 0 }],
    ['getGeneration', { id: 'gen_0' }],
    ['checkUsage', { days: 0 }],
  ]
  for (const [name, args] of calls) {
    const error = errorOf(await client.call(name, args))
    expect([name, problem(name, { error })]).toEqual([name, undefined])
  }
})

test('the usage and the prices are resources', async () => {
  expect(await client.resources()).toEqual(
    expect.arrayContaining(['inkwell://usage', 'inkwell://pricing']),
  )
  const usage = await client.read('inkwell://usage')
  const { structuredContent } = await client.call('checkUsage')
  expect(usage).toEqual(structuredContent)
  const { models, unlisted } = await client.read('inkwell://pricing')
  expect(models).toHaveLength(28)
  expect(models).toContainEqual(
    expect.objectContaining({
      model: 'fal-ai/flux-2-flex',
      operation: 'generateImage',
      modality: 'image',
      category: 'Image Generation',
      price: money(50_000),
      default: true,
    }),
  )
  expect(unlisted).toEqual({ policy: 'default', price: money(50_000) })
})

test('the instructions tell an agent what there is to make, and that there is a budget', () => {
  expect(client.instructions()).toMatch(/images.*run makes video, speech and music.*budget/)
})
