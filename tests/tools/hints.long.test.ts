import { expect, test } from 'vitest'
import { ERROR_CODES, type ErrorCode } from '../../src/errors.ts'
import { CALLED_TOOLS, missingIn } from '../support/hints/exists.ts'
import { ROWS } from '../support/hints/rows.ts'
import { openStage } from '../support/hints/stage.ts'

test('every error code is reached by at least one row', () => {
  const codes = new Set(ROWS.map(({ code }) => code))
  expect((Object.keys(ERROR_CODES) as ErrorCode[]).filter((code) => !codes.has(code))).toEqual([])
})

const rows = ROWS.map((row) => [row.code, row.face, row.asked, row] as const)

test.each(rows)('%s, read over %s (%s): its hint leads somewhere', async (code, face, _, row) => {
  await using stage = await openStage(row)
  const { follow, ...said } = await row.play(stage)
  expect(said.code ?? code).toBe(code)
  const routes = face === 'rest' ? await stage.routes() : []
  const { hint, more = '', tool } = said
  const place = { face, tools: face === 'call' ? CALLED_TOOLS : stage.tools(), tool, routes }
  expect(await missingIn(`${hint}${more}`, place)).toEqual([])
  expect(hint).toMatch(patternOf(row.hint))
  expect(row.hint).toContain(row.takes)
  expect(hint).toMatch(row.isStop ? /operator|whoever/i : /./)
  expect(follow === undefined).toBe(row.isStop === true)
  await follow?.()
})

/** A hint as the table has it, for any that is read. */
function patternOf(hint: string): RegExp {
  const parts = hint.split('…').map((part) => part.replaceAll(/[$()*+.?[\\\]^{|}]/g, '\\$&'))
  return new RegExp(`^${parts.join('.+')}$`)
}
