import { expect, test } from 'vitest'
import { temporaryHome } from '../support/app.ts'
import { beforeTests } from '../support/before-tests.ts'
import { connectV2, type TestClient } from '../support/clients.ts'
import { answerOf } from './support.ts'

const tiny = { prompt: 'a calm sea', imageSize: '64x64', model: 'fal-ai/flux/schnell' }
const OTHERS = 'viewImage shows the others, by asset id.'

let client: TestClient

beforeTests(async (keep) => {
  client = keep(await connectV2(keep(temporaryHome())))
})

/** Both halves of an answer: hosts show a model one of them. */
async function halves(args: object): Promise<{ text: string; hint: string; pictures: number }> {
  const result = await client.call('generateImage', { ...tiny, ...args })
  const { hint } = answerOf(result) as { hint: string }
  const pictures = result.content.filter(({ type }) => type === 'image').length
  return { text: result.content[0]?.text ?? '', hint, pictures }
}

test('of several pictures one is shown, and both halves say so', async () => {
  const { text, hint, pictures } = await halves({ numImages: 2 })
  expect(pictures).toBe(1)
  expect(text).toContain(OTHERS)
  expect(hint).toContain(OTHERS)
})

test.each([
  ['one picture', { numImages: 1 }, 1],
  ['several without a preview', { numImages: 2, preview: false }, 0],
])('nothing is said of others with %s', async (_, args, shown) => {
  const { text, hint, pictures } = await halves(args)
  expect(pictures).toBe(shown)
  expect(text).not.toContain('others')
  expect(hint).not.toContain('others')
})

test('while a call runs, both halves say what is held and that nothing is charged', async () => {
  const held = '$0.006 is held for it and nothing is charged yet'
  const { text, hint } = await halves({ numImages: 2, waitSeconds: 0 })
  expect(text).toContain(held)
  expect(hint).toContain(held)
  expect(hint).toContain('getGeneration')
})

test('nothing is held for a free model', async () => {
  const { text, hint } = await halves({ model: 'local/draft', waitSeconds: 0 })
  for (const half of [text, hint]) {
    expect(half).toContain('getGeneration')
    expect(half).not.toContain('held')
  }
})
