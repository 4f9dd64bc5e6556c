import { expect, test } from 'vitest'
import { findNoSecret } from '../support/live-secrets.ts'

test('no key, signed address or prompt is in what a live server logs or answers', async () => {
  const { lines, refusals } = await findNoSecret({ lines: 500, level: 'trace' })
  expect(lines).toBeGreaterThanOrEqual(500)
  expect(refusals).toBeGreaterThan(50)
})
