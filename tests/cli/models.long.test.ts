import { join } from 'node:path'
import { expect, test } from 'vitest'
import { ACCOUNT, examine, inkwell, temporaryHome, type Home } from '../support/app.ts'
import { connectV2 } from '../support/clients.ts'
import { onEachEngine } from '../support/engines.ts'
import { answerOf, cheap, errorOf, small } from '../tools/support.ts'

type Shown = { id: string; models: string[] | null; [field: string]: unknown }

async function json(home: Home, ...args: string[]): Promise<Shown> {
  const { code, stdout, stderr } = await inkwell(home, [...args, '--json'])
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  return JSON.parse(stdout) as Shown
}

const LIST = 'fal-ai/flux/*,local/*'
const LISTS = [
  ['accounts', 'list'],
  ['keys', 'list'],
]
const PATTERNS = ['fal-ai/flux/*', 'local/*']

onEachEngine(() => {
  test('lists are given, shown, changed and cleared, and moved with the ledger', async () => {
    using home = temporaryHome()
    const account = await json(home, 'accounts', 'create', '--name', 'Ada', '--models', LIST)
    expect(account.models).toEqual(PATTERNS)
    const key = await json(home, 'keys', 'create', '--account', account.id, '--models', 'local/*')
    expect(key.models).toEqual(['local/*'])
    const { stdout } = await inkwell(home, ['keys', 'update', key.id, '--models', LIST])
    expect(stdout).toMatch(/^ {2}Models: fal-ai\/flux\/\*, local\/\*$/m)
    const listed = await Promise.all(LISTS.map((list) => inkwell(home, list)))
    expect(listed.map(({ stdout: list }) => list)).toEqual([
      expect.stringMatching(/\$5\.00.* fal-ai\/flux\/\*, local\/\*/),
      expect.stringMatching(/generate.* fal-ai\/flux\/\*, local\/\*/),
    ])

    const file = join(home.path, 'ledger.jsonl')
    expect((await inkwell(home, ['ledger', 'export', file])).code).toBe(0)
    using other = temporaryHome()
    expect(await inkwell(other, ['ledger', 'import', file])).toMatchObject({ code: 0 })
    expect(await Promise.all(LISTS.map((list) => inkwell(other, list)))).toEqual(listed)

    expect((await json(home, 'accounts', 'update', account.id, '--models', '*')).models).toBeNull()
    const { key: _, ...before } = key
    expect(await json(home, 'keys', 'update', key.id, '--models', '*')).toEqual({
      ...before,
      models: null,
    })
    expect((await examine(home)).difference).toBeNull()
  })

  test('the list of the account of this machine holds for a client that is connected already', async () => {
    using home = temporaryHome()
    await using client = await connectV2(home)
    answerOf(await client.call('generateImage', small))
    await json(home, 'accounts', 'update', ACCOUNT, '--models', LIST)
    const error = errorOf(await client.call('generateImage', small))
    expect(error).toMatchObject({
      code: 'forbidden',
      message: expect.stringContaining('this account may use fal-ai/flux/*, local/*'),
      hint: expect.stringContaining('fal-ai/flux/schnell'),
    })
    answerOf(await client.call('generateImage', cheap))
    const { code, stdout } = await inkwell(home, ['call', 'generateImage', JSON.stringify(small)])
    expect({ code, stdout }).toMatchObject({
      code: 1,
      stdout: expect.stringContaining('is not allowed'),
    })
    await json(home, 'accounts', 'update', ACCOUNT, '--models', '*')
    answerOf(await client.call('generateImage', small))
    expect((await examine(home)).available).toBe(5_000_000 - 2 * 50_000 - 3_000)
  })
})
