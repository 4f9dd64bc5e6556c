import { createHash } from 'node:crypto'
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { expect, test } from 'vitest'
import { query } from '../../src/db/db.ts'
import { erase } from '../../src/generations/erase.ts'
import { CHEAP, errorIn, GRANT, liveApp, outputsOf, type LiveApp } from '../support/live.ts'

type Output = { assetId: string; path: string; sha256: string }

/** A picture whose file is gone, and how often fal was asked for files since. */
async function lost(live: LiveApp, args: object = CHEAP) {
  const outputs = outputsOf(await live.call('generateImage', args)) as unknown as Output[]
  const [output] = outputs
  if (output === undefined) throw new Error('one picture')
  for (const { path } of outputs) rmSync(path)
  const downloads = () => live.fal.requests.filter(({ host }) => host === 'v3b.fal.media').length
  const before = downloads()
  return { output, outputs, asked: () => downloads() - before }
}

/** A size that has no small copy yet. */
const view = (live: LiveApp, { assetId }: Output) =>
  live.call('viewImage', { id: assetId, maxSize: 300 })

const hashOf = (path: string) => createHash('sha256').update(readFileSync(path)).digest('hex')
const events = (live: LiveApp) =>
  live.lines.map(({ event }) => event).filter((event) => event.startsWith('file.'))

test('a lost file that fal still has comes back free, once for all who ask', async () => {
  await using live = await liveApp()
  const { outputs, asked } = await lost(live, { ...CHEAP, numImages: 3 })
  const readers = outputs.flatMap((output) => [view(live, output), view(live, output)])
  for (const answer of await Promise.all(readers)) expect(answer.isError).toBe(false)
  for (const { path, sha256 } of outputs) expect(hashOf(path)).toBe(sha256)
  expect(asked()).toBe(3)
  expect(live.fal.sawKeyOn('v3b.fal.media')).toBe(false)
  expect(live.fal.charges).toHaveLength(1)
  expect(events(live)).toEqual(Array(3).fill('file.fetched_again'))
  expect(await live.books()).toMatchObject({
    available: GRANT - 9_000,
    spent: 9_000,
    holds: ['captured'],
    difference: null,
  })
})

test.each([
  ['with its metadata off', { INKWELL_METADATA: 'off' }],
  ['under a name of the caller', {}],
])('it comes back %s', async (_, env) => {
  await using live = await liveApp({ env })
  const { output } = await lost(live, { ...CHEAP, saveAs: 'fox' })
  expect((await view(live, output)).isError).toBe(false)
  expect(hashOf(output.path)).toBe(output.sha256)
})

test('what fal no longer has is an alarm, and fal is not asked again', async () => {
  await using live = await liveApp()
  const { output, asked } = await lost(live)
  live.fal.expireFiles()
  for (const _ of [1, 2]) {
    expect(errorIn(await view(live, output))).toMatchObject({
      code: 'not_found',
      hint: expect.stringContaining('stays paid') as unknown,
    })
    expect(asked()).toBe(1)
  }
  expect(events(live)).toEqual(['file.lost', 'file.lost'])
  expect(existsSync(output.path)).toBe(false)
})

test('another content at fal is not taken', async () => {
  await using live = await liveApp()
  const { output } = await lost(live)
  for (const file of live.fal.files) file.bytes = Buffer.from('other')
  expect(errorIn(await view(live, output))?.code).toBe('not_found')
  expect(live.outputs()).toEqual([])
})

test('while fal cannot be asked, readers are told to come back, and then it is there', async () => {
  await using live = await liveApp()
  const { output } = await lost(live)
  live.fal.script('*', [{ kind: 'truncated' }])
  expect(errorIn(await view(live, output))).toMatchObject({
    code: 'ledger_unavailable',
    retryable: true,
  })
  expect(live.outputs()).toEqual([])
  expect((await view(live, output)).isError).toBe(false)
})

test.each([
  [
    'two days later',
    async (_live: LiveApp, clock: { at: number }) => void (clock.at += 172_900_000),
  ],
  ['after an erasure', (live: LiveApp) => erase(live.app.pruning, { accountId: 'acct_local' })],
  [
    'from an address that is not of fal',
    (live: LiveApp) =>
      live.app.db.write(() =>
        query((db) => db.updateTable('asset').set({ source: 'https://169.254.169.254/x.png' })),
      ),
  ],
])('nothing is fetched %s', async (_, meanwhile) => {
  const clock = { at: Date.now() }
  await using live = await liveApp({ now: () => clock.at })
  const { output, asked } = await lost(live)
  await meanwhile(live, clock)
  expect((await view(live, output)).isError).toBe(true)
  expect(asked()).toBe(0)
})
