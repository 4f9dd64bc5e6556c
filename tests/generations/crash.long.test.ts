import { expect, test } from 'vitest'
import { killInPaidCalls } from '../support/crash.ts'

test('processes killed in the middle of paid calls lose no result and no cent', async () => {
  const figures = await killInPaidCalls(12)
  process.stdout.write(`${JSON.stringify(figures)}\n`)
  expect(figures).toMatchObject({ kills: 12 })
  expect(figures.charged).toBeGreaterThan(0)
  expect(figures.resumed).toBeGreaterThan(0)
})
