import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import sharp from 'sharp'
import { describe, expect, test } from 'vitest'
import { money } from '../../src/money.ts'
import { examine, plainPicture, temporaryHome } from '../support/app.ts'
import { answerOf } from '../tools/support.ts'
import { CLIENTS, type TestClient, type ToolResult } from '../support/clients.ts'

const GRANT = 5_000_000
/** Room for the main job (0.05 + 0.04 + 0.005 + 0.03) and for no second image at $0.05. */
const BUDGET = 150_000
const BASE64 = /[A-Za-z0-9+/]{200}/

type Output = {
  assetId: string
  uri: string
  path: string
  mimeType: string
  width: number
  height: number
  bytes: number
  sha256: string
}

function outputOf(result: ToolResult): Output {
  const { outputs } = answerOf(result) as { outputs: [Output] }
  return outputs[0]
}

/** What every paid result must say after `spent` of the budget is gone. */
async function expectPaid(result: ToolResult, cost: number, spent: number): Promise<void> {
  const [about, preview, ...others] = result.content
  const output = outputOf(result)
  expect(result.structuredContent).toMatchObject({
    id: expect.stringMatching(/^gen_[0-9a-z]+$/),
    status: 'completed',
    provider: 'local',
    mode: 'test',
    billing: 'credits',
    priceSource: 'catalog',
    replayed: false,
    cost: money(cost),
    balance: money(GRANT - spent),
    lowBalance: false,
    session: {
      id: expect.stringMatching(/^ses_/),
      spent: money(spent),
      held: money(0),
      limit: money(BUDGET),
      remaining: money(BUDGET - spent),
    },
    bindingLimit: { scope: 'session', remaining: { micro: BUDGET - spent } },
    hint: expect.stringContaining(`viewImage with ${output.assetId}`),
  })
  const file = readFileSync(output.path)
  expect(fileURLToPath(output.uri)).toBe(output.path)
  expect(output.bytes).toBe(file.length)
  expect(output.sha256).toBe(createHash('sha256').update(file).digest('hex'))
  expect(about?.text).toContain(output.path)
  expect(about?.text).toContain(money(cost).display)
  expect(about?.text).toContain('no paid AI model ran')
  expect(about?.text).toContain(output.assetId)
  expect(about?.text).toContain(String(result.structuredContent?.id))
  expect(about?.text).toContain(`${money(BUDGET - spent).display} of ${money(BUDGET).display} left`)
  expect(others).toEqual([])
  await expectPreview(preview, Math.min(512, Math.max(output.width, output.height)))
  expect(JSON.stringify(result.structuredContent)).not.toMatch(BASE64)
  expect(about?.text).not.toMatch(BASE64)
}

async function expectPreview(
  block: ToolResult['content'][number] | undefined,
  maxSize: number,
): Promise<void> {
  expect(block).toMatchObject({ type: 'image', mimeType: expect.stringMatching(/^image\//) })
  const bytes = Buffer.from(block?.data ?? '', 'base64')
  expect(bytes.length).toBeLessThanOrEqual(100_000)
  const { width, height } = await sharp(bytes).metadata()
  expect(Math.max(width, height)).toBe(maxSize)
}

async function doMainJob(client: TestClient, picture: string): Promise<string> {
  const made = await client.call('generateImage', { prompt: 'a calm sea at dawn' })
  await expectPaid(made, 50_000, 50_000)
  expect(outputOf(made)).toMatchObject({ width: 1024, height: 576 })
  const id = String(made.structuredContent?.id)

  const edited = await client.call('editImage', { prompt: 'grayscale', image: id })
  await expectPaid(edited, 40_000, 90_000)
  expect(await colourfulness(outputOf(edited).path)).toBe(0)

  const cut = await client.call('removeBackground', { image: picture })
  await expectPaid(cut, 5_000, 95_000)
  expect(await alphaAtCorner(outputOf(cut).path)).toBe(0)

  const { assetId } = outputOf(cut)
  const large = await client.call('upscale', { image: assetId })
  await expectPaid(large, 30_000, 125_000)
  expect(outputOf(large)).toMatchObject({ width: 320, height: 240 })
  return id
}

describe.each(CLIENTS)('a client of $client', ({ protocol, connect }) => {
  test(`speaks ${protocol}, does the main job within its budget, and every sum is exact`, async () => {
    using home = temporaryHome({ INKWELL_MAX_USD_PER_RUN: '0.15' })
    const picture = await plainPicture(home)
    {
      await using client = await connect(home)
      expect(client.version ?? protocol).toBe(protocol)
      await client.tools() // from here on the client checks each result against its schema
      const id = await doMainJob(client, picture)

      const seen = await client.call('viewImage', { id, maxSize: 256 })
      expect(seen.structuredContent).toBeUndefined()
      expect(seen.content.map(({ type }) => type)).toEqual(['image', 'text'])
      await expectPreview(seen.content[0], 256)

      const again = await client.call('getGeneration', { id })
      expect(again.structuredContent).toMatchObject({
        id,
        status: 'completed',
        cost: money(50_000),
        balance: money(GRANT - 125_000),
      })

      const refused = await client.call('generateImage', { prompt: 'one too many' })
      expect(refused.isError).toBe(true)
      expect(refused.content[0]?.text).toContain(
        'Affordable now: fal-ai/flux/schnell ($0.003), local/draft (free).',
      )
      expect(refused.structuredContent).toEqual({
        error: {
          code: 'session_budget_exceeded',
          message: expect.stringContaining('$0.15'),
          hint: expect.stringContaining('INKWELL_MAX_USD_PER_RUN'),
          retryable: false,
          charged: money(0),
          required: money(50_000),
          limit: money(BUDGET),
          spent: money(125_000),
          held: money(0),
          scope: 'session',
          affordable: [
            { model: 'fal-ai/flux/schnell', cost: money(3_000) },
            { model: 'local/draft', cost: money(0) },
          ],
        },
      })

      const usage = await client.call('checkUsage', { days: 1, limit: 10 })
      expect(usage.structuredContent).toMatchObject({
        mode: 'test',
        balance: {
          available: money(GRANT - 125_000),
          held: money(0),
          total: money(GRANT - 125_000),
        },
        session: { spent: money(125_000), remaining: money(25_000) },
        day: { limit: null, used: money(125_000) },
        month: { limit: null, used: money(125_000) },
        usage: { totalCost: money(125_000), generationCount: 4 },
        totalCreditsUsed: 0.125,
        monthlyLimit: null,
        creditsRemaining: 4.875,
      })
      const { recent } = answerOf(usage) as { recent: { type: string }[] }
      expect(recent.map(({ type }) => type).join(' ')).toBe(
        'generation generation generation generation top_up',
      )
    }
    const { available, held, transactions, difference } = await examine(home)
    expect({ available, held, difference }).toEqual({
      available: GRANT - 125_000,
      held: 0,
      difference: null,
    })
    expect(transactions.reduce((sum, { cost }) => sum - cost, 0)).toBe(available)
    expect(home.outputs()).toHaveLength(4)
  })
})

/** The largest difference between the channels of any pixel. */
async function colourfulness(path: string): Promise<number> {
  const { data } = await sharp(path)
    .toColourspace('srgb')
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true })
  let most = 0
  for (let at = 0; at + 2 < data.length; at += 3) {
    const pixel = [data[at] ?? 0, data[at + 1] ?? 0, data[at + 2] ?? 0]
    most = Math.max(most, Math.max(...pixel) - Math.min(...pixel))
  }
  return most
}

async function alphaAtCorner(path: string): Promise<number | undefined> {
  const corner = await sharp(path)
    .ensureAlpha()
    .extract({ left: 0, top: 0, width: 1, height: 1 })
    .raw()
    .toBuffer()
  return corner[3]
}
