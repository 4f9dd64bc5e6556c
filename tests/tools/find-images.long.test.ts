import { join } from 'node:path'
import { expect, test } from 'vitest'
import { query } from '../../src/db/db.ts'
import { findGenerations } from '../../src/usage/find.ts'
import { ACCOUNT, inkwell, temporaryHome, type Home } from '../support/app.ts'
import { connectV2, type TestClient } from '../support/clients.ts'
import { onEachEngine } from '../support/engines.ts'
import { answerOf, withClient } from './support.ts'

const draft = { model: 'local/draft', imageSize: { width: 64, height: 64 }, preview: false }
const FOX = 'a pattern of red Foxes, blue-green leaves'

type Image = Record<string, unknown> & { id: string; prompt: string; path: string }

async function make(client: TestClient, prompt: string, more: object = {}): Promise<Image> {
  return answerOf(await client.call('generateImage', { ...draft, prompt, ...more })) as Image
}

async function find(client: TestClient, args: object = {}): Promise<Image[]> {
  return answerOf(await client.call('findImages', args))['images'] as Image[]
}

const promptsOf = (images: Image[]) => images.map(({ prompt }) => prompt)

/** As a ledger is before its first start with this version. */
const forgetIndex = (home: Home) =>
  home.withLedger((db) =>
    db.write(function* forget() {
      yield* query((builder, sql) => ({
        compile: () => sql`drop table prompt_search`.compile(builder),
      }))
      yield* query((builder, sql) => ({
        compile: () => sql`delete from migration where name = '0006-search'`.compile(builder),
      }))
    }),
  )

onEachEngine(() => {
  test('an earlier result is found by words of its prompt, with all that it takes to use it', () =>
    withClient({}, async (client, home) => {
      const made = await make(client, FOX)
      await make(client, 'a pattern of waves')
      const { content, structuredContent } = await client.call('findImages', { query: 'red fox' })
      const { images } = structuredContent as { images: Image[] }
      const [output] = made['outputs'] as { assetId: string; path: string }[]
      expect(images).toEqual([
        {
          id: made.id,
          assetId: output?.assetId,
          prompt: FOX,
          model: 'local/draft',
          width: 64,
          height: 64,
          path: output?.path,
          cost: { micro: 0, currency: 'USD', display: '$0.00' },
          createdAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
        },
      ])
      const [{ text = '' } = {}] = content
      expect(text.split('\n')).toHaveLength(2)
      for (const fact of [
        made.id,
        output?.assetId,
        FOX,
        '64×64 PNG',
        output?.path,
        '$0.00',
        images[0]?.['createdAt'],
      ])
        expect(text).toContain(fact)
      expect(images[0]?.path.startsWith(join(home.path, 'images'))).toBe(true)
    }))

  test('the best match is first, and without words the newest', () =>
    withClient({}, async (client) => {
      await make(client, 'fox fox fox pattern')
      await make(client, 'pattern of a fox among waves, clouds, hills, stars, leaves and stripes')
      await make(client, 'pattern of waves')
      expect(promptsOf(await find(client, { query: 'fox' }))[0]).toBe('fox fox fox pattern')
      expect(await find(client, { query: 'fox waves' })).toHaveLength(1)
      expect(promptsOf(await find(client, { limit: 2 }))).toEqual([
        'pattern of waves',
        'pattern of a fox among waves, clouds, hills, stars, leaves and stripes',
      ])
    }))

  test('each output is listed at its own price, and limit counts images', () =>
    withClient({}, async (client) => {
      const small = { prompt: 'a calm sea', imageSize: { width: 64, height: 64 }, preview: false }
      const { id } = answerOf(await client.call('generateImage', { ...small, numImages: 3 }))
      const all = await find(client, { query: 'calm' })
      expect(all.map((image) => [image.id, image['cost']])).toEqual(
        Array.from({ length: 3 }, () => [id, { micro: 50_000, currency: 'USD', display: '$0.05' }]),
      )
      expect(new Set(all.map(({ path }) => path)).size).toBe(3)
      expect(await find(client, { limit: 2 })).toEqual(all.slice(0, 2))
    }))

  test('an operation filters, and a result without a prompt is listed without one', () =>
    withClient({}, async (client) => {
      const { id } = await make(client, FOX)
      const twice = { image: id, scale: 2, model: 'local/upscale', preview: false }
      const larger = answerOf(await client.call('upscale', twice))
      const spoken = { text: 'Good morning, foxes', voice: 'x' }
      await client.call('run', {
        model: 'minimax/speech-02-hd',
        input: { text: spoken.text },
        preview: false,
      })
      expect(await find(client, { operation: 'upscale' })).toMatchObject([
        { id: larger['id'], prompt: null, width: 128 },
      ])
      expect(promptsOf(await find(client, { query: 'foxes' }))).toContain(spoken.text)
      expect(promptsOf(await find(client, { query: 'foxes', operation: 'run' }))).toEqual([
        spoken.text,
      ])
      expect(await find(client, { query: 'foxes', operation: 'editImage' })).toEqual([])
    }))

  test('what was refused and what was only quoted is not found', () =>
    withClient({ INKWELL_MAX_USD_PER_RUN: '0' }, async (client) => {
      const paid = { prompt: 'a red fox', preview: false }
      expect((await client.call('generateImage', paid)).isError).toBe(true)
      answerOf(await client.call('generateImage', { ...paid, quoteOnly: true }))
      expect(await find(client)).toEqual([])
      expect(await find(client, { query: 'fox' })).toEqual([])
    }))

  test('no query text is read as search syntax: signs separate words, and nothing fails', () =>
    withClient({}, async (client) => {
      await make(client, `${FOX} "NEAR" OR a*b (c) 'd' x:y e\\f 🦊 größe`)
      for (const query of [
        '"red"',
        "'red'",
        'red*',
        '*',
        'NEAR(red foxes)',
        'red AND (',
        'words:red',
        '-red',
        '^red',
        'red & ! | <->',
        'red:*',
        "red' | 'x",
        'red")',
        '\\',
        "\\'",
        '%',
        '🦊',
        '🦊 red',
        ' ',
        '\u200B',
        '\u0301',
        'red\u0000',
        '\ud800 red',
        'ǅ ﬁ ß İ',
        '"'.repeat(200),
        'a '.repeat(100),
        '('.repeat(200),
        'é'.repeat(200),
      ])
        answerOf(await client.call('findImages', { query }))
      for (const query of [
        'blue green',
        'GREEN',
        'blue-green',
        'leav',
        'größe',
        '"near" or',
        '🦊 red',
        'a*b',
        "'d'",
        'e\\f',
      ])
        expect([query, (await find(client, { query })).length]).toEqual([query, 1])
      for (const query of ['fox red bear', 'lea green', 'acct_local', 'gen', '🦊'])
        expect([query, await find(client, { query })]).toEqual([query, []])
    }))

  test('prompts of an older ledger are indexed at its first start', () =>
    withClient({}, async (client, home) => {
      await make(client, FOX)
      await make(
        client,
        String.raw`pattern \u0000 of C:\u0000dir ` + '\u0001 \ud83d waves'.toWellFormed(),
      )
      await client.call('run', {
        model: 'some/other-model',
        input: { prompt: 'half \ud800 and nul \u0000 zebra', '\ud800': '\u0000' },
        preview: false,
      })
      await forgetIndex(home)
      await using later = await connectV2(home)
      for (const query of ['red fox', 'u0000dir waves', 'nul zebra'])
        expect([query, (await find(later, { query })).length]).toEqual([query, 1])
      expect(await find(later)).toHaveLength(3)
    }))

  test('a long prompt is cut where it is shown, between characters', () =>
    withClient({}, async (client) => {
      await make(client, `pattern ${'🦊'.repeat(400)}`)
      const [{ prompt } = { prompt: '' }] = await find(client)
      expect([prompt.isWellFormed(), Array.from(prompt).length]).toEqual([true, 300])
    }))

  test('days are UTC days up to today', () =>
    withClient({}, async (client, home) => {
      await make(client, FOX)
      const tomorrow = Date.now() + 86_400_000 // on PostgreSQL its own clock counts: a server cannot be sent there
      const found = (words: string | undefined, days: number) =>
        home.withLedger((db) =>
          db.read(() => findGenerations(ACCOUNT, { query: words, days, limit: 9 }, tomorrow)),
        )
      for (const words of [undefined, 'fox']) {
        expect(await found(words, 1)).toEqual([])
        expect(await found(words, 2)).toHaveLength(1)
        expect(await found(words, 90)).toHaveLength(1)
      }
    }))

  test('an import is searched as what was exported', async () => {
    using home = temporaryHome()
    const prompt = JSON.stringify({ ...draft, prompt: FOX })
    await inkwell(home, ['call', 'generateImage', prompt])
    const file = join(home.path, 'ledger.jsonl')
    await inkwell(home, ['ledger', 'export', file])
    using other = temporaryHome()
    expect((await inkwell(other, ['ledger', 'import', file])).code).toBe(0)
    const found = await inkwell(other, ['call', 'findImages', '{"query":"red fox"}'])
    expect(found.stdout).toContain(FOX)
  })
})
