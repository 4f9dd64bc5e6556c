import { expect, test } from 'vitest'
import { clockAt, examine, inkwell, temporaryHome, type Home } from '../support/app.ts'

const ASKS = { INKWELL_APPROVE_ABOVE_USD: '0.04' }
const CALL = ['call', 'generateImage', '{"prompt":"a fox","imageSize":"64x64"}']
const GRANT = 5_000_000
const PRICE = 50_000

/** Calls, and answers the id of the approval that the refusal names. */
async function asked(home: Home): Promise<string> {
  const { code, stdout } = await inkwell(home, CALL)
  expect(code).toBe(1)
  return /`inkwell approvals approve (apr_\w+)`/.exec(stdout)?.[1] ?? ''
}

const json = async (home: Home, ...args: string[]) =>
  JSON.parse((await inkwell(home, [...args, '--json'])).stdout) as Record<string, unknown>

test('a call that asks is listed and approved, goes on, and is in the audit log', async () => {
  using home = temporaryHome(ASKS)
  const id = await asked(home)
  expect(await asked(home)).toBe(id)
  const { stdout } = await inkwell(home, ['approvals', 'list'])
  expect(stdout).toMatch(
    /^ {2}Id +Status +Until \(UTC\) +Cost +Operation +Model +Account +Key +Prompt\n/,
  )
  expect(stdout).toMatch(new RegExp(`${id} +pending .* \\$0\\.0500 +generateImage .* a fox`))
  const approved = await inkwell(home, ['approvals', 'approve', id, '--by', 'ada'])
  expect(approved.stdout).toMatch(
    /^ {2}Approved: generateImage with fal-ai\/flux-2-flex for \$0\.0500\./,
  )
  expect((await inkwell(home, CALL)).code).toBe(0)
  expect(await inkwell(home, ['approvals', 'list'])).toMatchObject({
    stdout: '  No call waits for an approval.\n',
  })
  expect(await json(home, 'approvals', 'list', '--all')).toMatchObject({
    approvals: [
      { id, status: 'used', decidedBy: 'ada', prompt: null, cost: { micro: PRICE }, keyId: null },
    ],
  })
  expect(await json(home, 'audit')).toMatchObject({
    audit: [{ action: 'approvals.approve', by: 'ada', subject: id }],
  })
  expect(await examine(home)).toMatchObject({ available: GRANT - PRICE, difference: null })
})

test('refused, what was held is free, and a later yes is refused', async () => {
  using home = temporaryHome(ASKS)
  const id = await asked(home)
  expect(await json(home, 'approvals', 'refuse', id)).toMatchObject({ id, status: 'refused' })
  expect(await examine(home)).toMatchObject({ available: GRANT, difference: null })
  expect(await inkwell(home, ['approvals', 'approve', id])).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('inkwell: This approval was refused before.'),
  })
  expect((await inkwell(home, CALL)).stdout).toContain('A person has refused this call')
})

test('15 minutes later it has expired, what was held is free, and the same call asks anew', async () => {
  using home = temporaryHome(ASKS)
  const id = await asked(home)
  const later = { nodeArgs: clockAt(Date.now() + 15 * 60_000) }
  expect(await inkwell(home, ['approvals', 'approve', id], later)).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('inkwell: This approval has expired.'),
  })
  expect((await inkwell(home, ['usage'], later)).stdout).toContain('Balance: $5.00')
  expect(await examine(home)).toMatchObject({ available: GRANT, difference: null })
  expect((await inkwell(home, CALL, later)).stdout).not.toContain(id)
  expect(await examine(home)).toMatchObject({ available: GRANT - PRICE, difference: null })
})

test('an approval of another account, and one that was never asked for, are not found', async () => {
  using home = temporaryHome(ASKS)
  const id = await asked(home)
  for (const args of [[id, '--account', 'acct_other'], ['apr_never']])
    expect(await inkwell(home, ['approvals', 'approve', ...args])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('There is no approval with this id.'),
    })
  expect(await json(home, 'approvals', 'list', '--account', 'acct_other')).toEqual({
    approvals: [],
  })
})

test('a quote says that a person has to approve, and holds nothing', async () => {
  using home = temporaryHome(ASKS)
  const quoted = '{"prompt":"a fox","imageSize":"64x64","quoteOnly":true}'
  const { structuredContent } = await json(home, 'call', 'generateImage', quoted)
  expect(structuredContent).toMatchObject({
    allowed: false,
    refusal: { code: 'approval_required', required: { micro: PRICE } },
  })
  expect(await examine(home)).toMatchObject({ available: GRANT, difference: null })
})
