import { expect, test } from 'vitest'
import { inkwell, temporaryHome } from '../support/app.ts'

const DRAW = '{"prompt":"a secret plan","imageSize":"64x64","numImages":2,"preview":false}'

type Made = { structuredContent: { id: string; outputs: { assetId: string; bytes: number }[] } }

test('the content of a generation is removed for ever, with an act in the audit log', async () => {
  using home = temporaryHome()
  const run = (...args: string[]) => inkwell(home, args)
  const ask = async (...args: string[]): Promise<unknown> =>
    JSON.parse((await run(...args, '--json')).stdout)
  const { structuredContent } = (await ask('call', 'generateImage', DRAW)) as Made
  const { id, outputs } = structuredContent
  const first = outputs[0]?.assetId ?? ''
  expect(await run('assets', 'remove', first)).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^ {2}Removed 1 file \(.*\)\. The charge stays\.\n$/),
  })
  expect(home.outputs()).toHaveLength(1)
  const why = ['--reason', 'by mistake', '--by', 'ada']
  expect(await ask('assets', 'remove', id, ...why)).toEqual({
    id,
    account: 'acct_local',
    files: 1,
    bytes: outputs[1]?.bytes,
    prompts: 1,
    left: [],
  })
  expect(home.outputs()).toEqual([])
  const action = 'assets.remove'
  expect(await ask('audit')).toMatchObject({
    audit: [
      { action, subject: id, account: 'acct_local', reason: 'by mistake', by: 'ada' },
      { action, subject: first, account: 'acct_local', reason: null },
    ],
  })
  expect(await run('assets', 'remove', 'gen_nothing')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('There is no file or generation with this id.') as unknown,
  })
  expect((await run('ledger', 'verify', '--full')).code).toBe(0)
})
