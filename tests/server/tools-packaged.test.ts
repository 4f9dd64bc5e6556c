import { expect, test } from 'vitest'
import { temporaryHome } from '../support/app.ts'
import { startRaw } from '../support/clients.ts'

test.each([
  { env: {}, sold: true },
  { env: { INKWELL_UNKNOWN_MODELS: 'refuse' }, sold: false },
])('with $env the package lists the tools that the sources describe', async ({ env, sold }) => {
  using home = temporaryHome()
  const listed = async (fromSources: boolean) => {
    await using server = startRaw(home, { env, fromSources })
    await server.initialize()
    return (await server.request('tools/list')).result
  }
  const [packaged, described] = await Promise.all([listed(false), listed(true)])
  expect(packaged).toEqual(described)
  expect(JSON.stringify(packaged).includes('Unlisted models cost $0.05')).toBe(sold)
})
