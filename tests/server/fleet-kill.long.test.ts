import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { startFalEmulator } from '../services/fal/emulator.ts'
import { inkwell } from '../support/app.ts'
import { emptyDatabase } from '../support/databases.ts'
import { within } from '../support/full-disk.ts'
import { connectPinned, serveHttp } from '../support/http.ts'
import { CHEAP, liveHome } from '../support/live.ts'
import { storeProxy } from '../support/store-proxy.ts'
import { KEYS, startSwift } from '../support/swift.ts'
import { answerOf } from '../tools/support.ts'

type Shown = { id: string; outputs: { assetId: string; url: string; sha256: string }[] }

test(
  'what a killed server was making and storing, the other settles: each file once, each charge once',
  { timeout: 200_000 },
  async () => {
    await using swift = await startSwift()
    await using proxy = await storeProxy(swift.origin)
    await using fal = await startFalEmulator({ runMs: 4_000 })
    const shared = {
      ...KEYS,
      INKWELL_DATABASE_URL: (await emptyDatabase('postgres')).url,
      INKWELL_MAX_CALLS_PER_MINUTE: '6000', // the test asks again and again, ten requests to a call
      INKWELL_OUTPUT_STORE: await swift.bucket('killed', proxy.origin),
    }
    using here = liveHome(fal, shared)
    using there = liveHome(fal, shared)
    const opened = await inkwell(here, ['accounts', 'create', '--name', 'Ada', '--json'])
    const { id: account } = JSON.parse(opened.stdout) as { id: string }
    const keyed = await inkwell(here, ['keys', 'create', '--account', account, '--json'])
    const { key } = JSON.parse(keyed.stdout) as { key: string }
    await using a = await serveHttp(here)
    await using b = await serveHttp(there)
    await using onA = await connectPinned(a, key)
    await using onB = await connectPinned(b, key)

    const begin = (prompt: string) =>
      void onA.call('generateImage', { ...CHEAP, prompt, imageSize: '64x64' }).catch(() => {})
    begin('stored, and not charged')
    await within(30_000, () => fal.jobs.length === 1)
    proxy.weather = 'mute'
    const outputs = async () =>
      (await swift.keys('killed')).filter((name) => name.startsWith('gen_'))
    await within(30_000, async () => (await outputs()).length === 1)
    const [stored] = await outputs()
    begin('at work')
    await within(30_000, () => (fal.jobs[1]?.polls ?? 0) > 0)
    await a.stop('SIGKILL')
    proxy.weather = 'fair'

    const images = async () => {
      const { images: found } = answerOf(await onB.call('findImages', {}))
      return found as { id: string }[]
    }
    await within(100_000, async () => (await images()).length === 2)
    const files: string[] = []
    for (const { id } of await images()) {
      const shown = answerOf(await onB.call('getGeneration', { id })) as Shown
      const [{ url, sha256 }] = shown.outputs as [Shown['outputs'][0]]
      const bytes = new Uint8Array(await (await fetch(url)).arrayBuffer())
      expect(createHash('sha256').update(bytes).digest('hex')).toBe(sha256)
      files.push(new URL(url).pathname.split('/').at(-1) ?? '')
    }
    const kept = await outputs()
    expect(kept.toSorted()).toEqual(files.toSorted())
    expect(kept).not.toContain(stored)
    expect(fal.charges).toHaveLength(2)
    expect((await b.json('/v1/credits', key)).body).toMatchObject({
      balance: { micro: 5_000_000 - 6_000 },
      held: { micro: 0 },
    })
    expect((await inkwell(there, ['ledger', 'verify', '--full'])).code).toBe(0)
  },
)
