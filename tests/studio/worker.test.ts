import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { createLocalProvider } from '../../src/providers/local.ts'
import type { ProviderRequest, RunOptions } from '../../src/providers/provider.ts'

const large: ProviderRequest = {
  operation: 'generateImage',
  model: 'fal-ai/flux-2-flex',
  count: 4,
  prompt: 'mountains at sunset',
  width: 2048,
  height: 2048,
}
const small: ProviderRequest = { ...large, count: 1, width: 64, height: 64 }

function options(signal: AbortSignal, onProgress: RunOptions['onProgress'] = () => undefined) {
  return { signal, onProgress, onAccepted: () => Promise.reject(new Error('not called')) }
}

test('a call that is cancelled stops at once and frees its turn', async () => {
  const local = createLocalProvider()
  const time = async (work: Promise<unknown>) => {
    const started = performance.now()
    await work
    return performance.now() - started
  }
  const first = await time(local.run(small, options(new AbortController().signal)))
  const controller = new AbortController()
  const running = local.run(large, options(controller.signal))
  const abortedAt = sleep(100).then(() => {
    controller.abort()
    return performance.now()
  })
  await expect(running).rejects.toMatchObject({ code: 'cancelled' })
  expect(performance.now() - (await abortedAt)).toBeLessThan(1000)
  // Its thread was stopped, so the next one starts another: as long as the first took, and no four large drafts.
  const next = await time(local.run(small, options(new AbortController().signal)))
  expect(next).toBeLessThan(3 * first + 1000)
})

test('a call that waits for its turn can be cancelled, and the one before goes on', async () => {
  const local = createLocalProvider()
  const controller = new AbortController()
  const first = local.run({ ...large, count: 1 }, options(new AbortController().signal))
  const second = local.run(small, options(controller.signal))
  controller.abort()
  await expect(second).rejects.toMatchObject({ code: 'cancelled' })
  expect((await first).outputs).toHaveLength(1)
})

test('a call that is cancelled before it begins does nothing', async () => {
  const seen: number[] = []
  const work = createLocalProvider().run(
    small,
    options(AbortSignal.abort(), ({ fraction }) => seen.push(fraction)),
  )
  await expect(work).rejects.toMatchObject({ code: 'cancelled' })
  expect(seen).toEqual([])
})

test('the server answers while a large draft is drawn', async () => {
  const controller = new AbortController()
  const running = createLocalProvider().run(large, options(controller.signal))
  let ticks = 0
  const stopped = running.then(
    () => undefined,
    () => undefined,
  )
  for (const started = performance.now(); performance.now() - started < 600; ticks += 1)
    await sleep(5)
  controller.abort()
  await stopped
  expect(ticks).toBeGreaterThan(8)
})

test('progress rises from 0 to 1', async () => {
  const seen: number[] = []
  await createLocalProvider().run(
    { ...small, count: 2 },
    options(new AbortController().signal, ({ fraction }) => seen.push(fraction)),
  )
  expect(seen.length).toBeGreaterThan(3)
  expect(seen).toEqual(seen.toSorted((one, other) => one - other))
  expect([seen[0], seen.at(-1)]).toEqual([0, 1])
})

test('accounts take turns: one with many calls delays another by one of them only', async () => {
  const local = createLocalProvider()
  const order: string[] = []
  const run = async (account: string) => {
    await local.run(small, { ...options(new AbortController().signal), account })
    order.push(account)
  }
  await Promise.all(['a', 'a', 'a', 'a', 'b', 'b'].map(run))
  expect(order.join('')).toBe('ababaa')
})

test('a local model refuses an image above 24 megapixels before anything runs, and a heap of waiting ones', async () => {
  const local = createLocalProvider()
  const image = (width: number, bytes: number) => ({
    bytes: new Uint8Array(bytes),
    mimeType: 'image/png',
    name: 'big.png',
    width,
    height: 6_000,
  })
  const cutout = (width: number, bytes = 10) =>
    ({
      operation: 'removeBackground',
      model: 'local/cutout',
      count: 1,
      image: image(width, bytes),
    }) as const
  await local.check?.(cutout(4_000))
  await expect(local.check?.(cutout(4_001))).rejects.toMatchObject({
    code: 'invalid_input',
    message: 'big.png has 4001 x 6000 pixels, and local models take at most 24 million.',
  })
  const run = (account: string) =>
    local.run(cutout(10, 15 * 1024 * 1024), { ...options(new AbortController().signal), account })
  const codes = await Promise.all(
    ['a', 'a', 'a', 'b'].map((account) =>
      run(account).then(
        () => 'made',
        ({ code }: { code: string }) => code,
      ),
    ),
  )
  expect(codes.map((code) => code === 'rate_limited')).toEqual([false, false, true, false])
})
