import { expect, test } from 'vitest'
import { atOnce } from '../src/at-once.ts'
import { gate } from './support/slow-provider.ts'

test('as many works as are allowed run at once, the others in their order, and failures make room', async () => {
  const limited = atOnce(2)
  const begun: number[] = []
  const gates = Array.from({ length: 5 }, gate)
  const works = gates.map(({ opened }, at) =>
    limited(async () => {
      begun.push(at)
      await opened
      if (at === 0) throw new Error('failed')
      return at
    }),
  )
  const outcomes = Promise.allSettled(works)
  expect(begun).toEqual([0, 1])
  gates[0]?.open()
  await expect(works[0]).rejects.toThrow('failed')
  await expect.poll(() => begun).toEqual([0, 1, 2])
  for (const { open } of gates) open()
  expect((await outcomes).slice(1)).toEqual(
    [1, 2, 3, 4].map((value) => ({ status: 'fulfilled', value })),
  )
  expect(begun).toEqual([0, 1, 2, 3, 4])
  expect(await limited(async () => 'free again')).toBe('free again')
})
