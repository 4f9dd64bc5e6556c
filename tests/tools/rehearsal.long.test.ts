import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { money } from '../../src/money.ts'
import { plainPicture, temporaryHome, type Home } from '../support/app.ts'
import { connectV2 } from '../support/clients.ts'
import { answerOf, balanceOf, errorOf, GRANT, withClient } from './support.ts'

/** A photograph whose subject this machine cannot tell from its background. */
function cup({ path }: Home): string {
  const file = join(path, 'coffee.jpg')
  writeFileSync(file, readFileSync(join(import.meta.dirname, '../support/photos/coffee.jpg')))
  return file
}

/** The hashes of what a call made. */
function hashesOf({ outputs }: { [field: string]: unknown }): string[] {
  return (outputs as { sha256: string }[]).map(({ sha256 }) => sha256)
}

test('in test mode a priced model answers what this machine cannot do, at list price', async () => {
  await withClient({ INKWELL_METADATA: 'off' }, async (client, home) => {
    const [image, preview] = [await plainPicture(home), false]
    const edit = { image, prompt: 'flip vertically, then make the sky purple', seed: 3, preview }
    const result = await client.call('editImage', edit)
    const first = answerOf(result)
    expect(first).toMatchObject({
      status: 'completed',
      mode: 'test',
      provider: 'local',
      model: 'fal-ai/flux-pro/kontext',
      cost: money(40_000),
      honoured: ['flip vertically'],
      notHonoured: ['"make the sky purple"'],
    })
    expect(result.content[0]?.text).toContain('no paid AI model ran')
    expect(result.content[0]?.text).toContain('A stand-in: not done')
    expect(hashesOf(answerOf(await client.call('editImage', edit)))).toEqual(hashesOf(first))

    const cutOut = await client.call('removeBackground', { image: cup(home), preview })
    expect(answerOf(cutOut)).toMatchObject({
      cost: money(5_000),
      notHonoured: [expect.stringContaining('this one is a guess')],
    })
    const unlisted = { image, prompt: 'zoom out', model: 'acme/editor', preview }
    expect(answerOf(await client.call('editImage', unlisted))).toMatchObject({
      cost: money(50_000),
      notHonoured: ['"zoom out"'],
    })
    expect(await balanceOf(client)).toEqual(money(GRANT - 2 * 40_000 - 5_000 - 50_000))
  })
})

test.each([
  ['test mode', {}],
  ['live mode', { FAL_KEY: 'k', INKWELL_FAL_BASE_URL: 'http://127.0.0.1:9' }],
])('the free models refuse in %s what they cannot do', async (_, env) => {
  using home = temporaryHome(env)
  await using client = await connectV2(home)
  const before = await balanceOf(client)
  const [image, photo, preview] = [await plainPicture(home), cup(home), false]
  const edit = { image, model: 'local/edit', prompt: 'make the sky purple', preview }
  expect(errorOf(await client.call('editImage', edit))).toMatchObject({
    code: 'invalid_input',
    message: expect.stringContaining('"make the sky purple"'),
  })
  const masked = { ...edit, prompt: 'blur', mask: image }
  expect(errorOf(await client.call('editImage', masked)).code).toBe('invalid_input')
  const cutOut = { image: photo, model: 'local/cutout', preview }
  expect(errorOf(await client.call('removeBackground', cutOut)).code).toBe('input_unreadable')
  expect([await balanceOf(client), home.outputs()]).toEqual([before, []])
})
