import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { inkwell, preload, temporaryHome } from '../support/app.ts'
import { connectV2 } from '../support/clients.ts'
import { draft, filesOf, imagesOf, make, pathsOf, type Answer } from './named.ts'
import { answerOf, cheap, errorOf, stateOf, UNTOUCHED, withClient } from './support.ts'

test('the file extension follows the real type, and a wrong one is reported', () =>
  withClient({}, async (client, home) => {
    const webp = { outputFormat: 'webp' }
    for (const [saveAs, path, told] of [
      ['a.png', 'a.png', 0],
      ['b.jpg', 'b.png', 1],
      ['c.txt', 'c.png', 1],
      ['logo-v1.2', 'logo-v1.2.png', 0],
      ['d.PNG', 'd.PNG', 0],
    ] as const) {
      const made = await make(client, { saveAs })
      expect([pathsOf(home, made)[0], made.adjusted.length]).toEqual([path, told])
    }
    const told = await client.call('generateImage', { ...draft, ...webp, saveAs: 'e.jpeg' })
    expect(told.content[0]?.text).toMatch(
      /image\/webp, so its name ends in \.webp and not in \.jpeg/,
    )
    const jpeg = await make(client, { outputFormat: 'jpeg', saveAs: 'f.jpeg' })
    expect([pathsOf(home, jpeg), jpeg.adjusted]).toEqual([['f.jpeg'], []])
  }))

test('run names its files too', () =>
  withClient({}, async (client, home) => {
    const spoken = { model: 'minimax/speech-02-hd', input: { text: 'hello' }, saveAs: 'hello.png' }
    const made = answerOf(await client.call('run', spoken)) as Answer
    expect(pathsOf(home, made)[0]).toMatch(/^hello\.(?:wav|mp3)$/)
    expect(made.adjusted).toContainEqual(expect.stringContaining('and not in .png'))
  }))

test('a name that leads out of the output folder, or is none on some system, is refused before anything is spent', () =>
  withClient({}, async (client, home) => {
    await client.call('checkUsage')
    const names = [
      '../x.png', 'a/../../x.png', '..', '.', 'a/./b', '/etc/x.png', '\\x.png', '\\\\host\\x', 'C:x.png', 'c:\\x.png', '~/x.png', '~ada/x',
      'a//b', 'a/', 'a\0b', 'a\nb', 'a\ud800', 'x\u202Egnp', 'con', 'CON.png', 'a/nul.txt', 'com1', 'LPT9.png', 'COM¹', 'a.', 'a./b', '.hidden', '.ssh/x', ' ', 'a /b',
      'a<b', 'a:b', 'a|b', 'a?b', 'a*b', 'a"b', 'é'.repeat(101), 'a/'.repeat(8) + 'b', 'a'.repeat(201),
    ] // prettier-ignore
    for (const saveAs of names) {
      for (const quoteOnly of [true, false]) {
        const error = errorOf(await client.call('generateImage', { ...cheap, saveAs, quoteOnly }))
        expect([saveAs, error.code]).toEqual([saveAs, 'invalid_input'])
        expect(error.message).toContain('saveAs')
      }
    }
    expect(await stateOf(home)).toEqual(UNTOUCHED)
  }))

test('a link that leads out of the output folder is not followed, and the result is not lost', () =>
  withClient({}, async (client, home) => {
    mkdirSync(imagesOf(home))
    const outside = join(home.path, 'outside')
    mkdirSync(outside)
    symlinkSync(outside, join(imagesOf(home), 'link'))
    writeFileSync(join(imagesOf(home), 'file'), '')
    for (const saveAs of ['link/x.png', 'link/deep/x.png', 'file/x.png']) {
      const made = await make(client, { saveAs })
      expect(pathsOf(home, made)).toEqual([`${made.id}-1.png`])
      expect(made.adjusted).toEqual([expect.stringContaining('could not be saved as')])
    }
    expect(readdirSync(outside)).toEqual([])
  }))

test('a name that is a link to nowhere is taken', () =>
  withClient({}, async (client, home) => {
    mkdirSync(imagesOf(home))
    symlinkSync(join(home.path, 'nowhere.png'), join(imagesOf(home), 'x.png'))
    expect(pathsOf(home, await make(client, { saveAs: 'x.png' }))).toEqual(['x-2.png'])
  }))

test('on a disk that has no links to files a name is taken all the same, and only once', async () => {
  using home = temporaryHome()
  const noLinks = `import fs from 'node:fs'; import { syncBuiltinESMExports } from 'node:module'
    fs.promises.link = async () => { throw Object.assign(new Error('no links'), { code: 'EPERM' }) }
    syncBuiltinESMExports()`
  for (const seed of [1, 2]) {
    const args = JSON.stringify({ ...draft, seed, saveAs: 'x.png' })
    const ran = await inkwell(home, ['call', 'generateImage', args], { nodeArgs: preload(noLinks) })
    expect(ran.stdout).toContain(seed === 1 ? 'x.png' : 'x-2.png')
  }
  expect(filesOf(home)).toEqual(['x-2.png', 'x.png'])
  expect(readFileSync(join(imagesOf(home), 'x.png')).length).toBeGreaterThan(100)
})

test('a client that is started again goes on with the files it named', async () => {
  using home = temporaryHome()
  {
    await using client = await connectV2(home)
    await make(client, { saveAs: 'hero.png' })
  }
  await using client = await connectV2(home)
  const [found] = answerOf(await client.call('findImages'))['images'] as {
    path: string
    id: string
  }[]
  expect(found?.path).toBe(join(imagesOf(home), 'hero.png'))
  answerOf(
    await client.call('upscale', { image: found?.id, model: 'local/upscale', preview: false }),
  )
})
