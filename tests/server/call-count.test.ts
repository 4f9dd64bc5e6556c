import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { examine, inkwell, temporaryHome } from '../support/app.ts'
import { small } from '../tools/support.ts'

test('where calls cannot be counted none is paid, and the next step is named', async () => {
  using broken = temporaryHome()
  mkdirSync(join(broken.path, 'test.limits.db'))
  const { code, stdout } = await inkwell(broken, [
    'call',
    'generateImage',
    JSON.stringify(small),
    '--json',
  ])
  expect(code).toBe(1)
  expect(JSON.parse(stdout)).toMatchObject({
    structuredContent: { error: { code: 'ledger_unavailable', charged: { micro: 0 } } },
  })
  expect(await examine(broken)).toMatchObject({ held: 0, difference: null })
  expect(broken.outputs()).toEqual([])
})
