import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { onEachEngine } from '../support/engines.ts'
import { filesOf, imagesOf, make, pathsOf, type Answer } from './named.ts'
import { answerOf, cheap, withClient } from './support.ts'

onEachEngine(() => {
  test('a result is saved under the name that its caller gives, and found there later', () =>
    withClient({}, async (client, home) => {
      const flat = await make(client, { saveAs: 'hero.png' })
      const deep = await make(client, { saveAs: 'site/icons/Grüße 🦊' })
      expect(pathsOf(home, flat)).toEqual(['hero.png'])
      expect(pathsOf(home, deep)).toEqual(['site/icons/Grüße 🦊.png'])
      expect(filesOf(home)).toEqual(['hero.png', 'site/icons/Grüße 🦊.png'])
      expect([flat.adjusted, deep.adjusted]).toEqual([[], []])
      const again = answerOf(await client.call('getGeneration', { id: deep.id })) as Answer
      expect(again.outputs).toEqual(deep.outputs)
      const seen = await client.call('viewImage', { id: flat.id })
      expect(seen.content[0]).toMatchObject({ type: 'image' })
    }))

  test('a file that is there is never touched: the next gets a number, and so do many at once', () =>
    withClient({}, async (client, home) => {
      mkdirSync(imagesOf(home))
      writeFileSync(join(imagesOf(home), 'hero.png'), 'mine')
      const next = await make(client, { saveAs: 'hero.png' })
      expect(pathsOf(home, next)).toEqual(['hero-2.png'])
      expect(next.adjusted).toEqual([expect.stringContaining('hero-2.png')])
      const many = await Promise.all(
        Array.from({ length: 8 }, (_, seed) => make(client, { seed, saveAs: 'hero.png' })),
      )
      expect(new Set(many.flatMap((one) => pathsOf(home, one)))).toEqual(
        new Set(Array.from({ length: 8 }, (_, number) => `hero-${number + 3}.png`)),
      )
      expect(readFileSync(join(imagesOf(home), 'hero.png'), 'utf8')).toBe('mine')
      expect(filesOf(home)).toHaveLength(10)
    }))

  test('several outputs are numbered', () =>
    withClient({}, async (client, home) => {
      const three = await make(client, { ...cheap, numImages: 3, saveAs: 'set/tile.png' })
      expect(pathsOf(home, three)).toEqual(['set/tile-1.png', 'set/tile-2.png', 'set/tile-3.png'])
      const wrong = await make(client, { ...cheap, numImages: 2, saveAs: 'wave.gif' })
      expect(pathsOf(home, wrong)).toEqual(['wave-1.png', 'wave-2.png'])
      expect(wrong.adjusted.filter((told) => told.includes('.gif'))).toHaveLength(1)
    }))

  test('a replay keeps the first name and says so, and another name makes no other request', () =>
    withClient({}, async (client, home) => {
      const key = { idempotencyKey: 'one', saveAs: 'first.png' }
      const first = await make(client, key)
      for (const saveAs of ['second.png', 'first.png']) {
        const again = await make(client, { ...key, saveAs })
        expect(again).toMatchObject({ id: first.id, replayed: true, outputs: first.outputs })
        expect(again.adjusted).toEqual([expect.stringContaining('keep their names')])
      }
      expect(filesOf(home)).toEqual(['first.png'])
    }))
})
