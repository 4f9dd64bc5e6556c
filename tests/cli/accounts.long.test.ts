import { expect, test } from 'vitest'
import { ACCOUNT, examine, inkwell, temporaryHome } from '../support/app.ts'

test('accounts create opens an account with five dollars', async () => {
  using home = temporaryHome()
  const created = await inkwell(home, ['accounts', 'create', '--name', 'Ada L.', '--json'])
  expect(created).toMatchObject({ code: 0, stderr: '' })
  const account = JSON.parse(created.stdout) as { id: string; createdAt: string }
  expect(account).toEqual({
    id: expect.stringMatching(/^acct_[0-9a-f]{32}$/),
    name: 'Ada L.',
    balance: { micro: 5_000_000, display: '$5.00', currency: 'USD' },
    models: null,
    createdAt: expect.stringMatching(/^\d{4}-.*Z$/),
  })
  const list = await inkwell(home, ['accounts', 'list'])
  expect(list).toMatchObject({ code: 0, stderr: '' })
  const [head, row, ...rest] = list.stdout.trimEnd().split('\n')
  expect(head).toMatch(/^ {2}Id +Name +Balance +Models +Created$/)
  expect(row).toMatch(
    new RegExp(`^  ${account.id} +Ada L\\. +\\$5\\.00 +all +\\d{4}-\\d\\d-\\d\\d$`),
  )
  expect(rest).toEqual([])
  const json = await inkwell(home, ['accounts', 'list', '--json'])
  expect(JSON.parse(json.stdout)).toEqual({ accounts: [account] })
  expect((await examine(home)).difference).toBeNull()
})

test('accounts create says in words what to do next', async () => {
  using home = temporaryHome()
  const { code, stdout } = await inkwell(home, ['accounts', 'create', '--name', 'Ada'])
  expect(code).toBe(0)
  expect(stdout).toMatch(/^ {2}Account acct_\w+ \(Ada\) is open\. Balance: \$5\.00$/m)
  expect(stdout).toMatch(/inkwell keys create --account acct_\w+$/m)
})

test('accounts list of a new ledger says that there are none', async () => {
  using home = temporaryHome()
  expect(await inkwell(home, ['accounts', 'list'])).toEqual({
    code: 0,
    stdout: '  No accounts yet.\n',
    stderr: '',
  })
})

test.each([
  { args: ['accounts'] },
  { args: ['accounts', 'create'] },
  { args: ['accounts', 'create', '--name', ''] },
  { args: ['accounts', 'create', '--name', 'x'.repeat(101)] },
  { args: ['accounts', 'create', '--name', 'two\nlines'] },
  { args: ['accounts', 'create', '--name', 'Ada', 'extra'] },
  { args: ['accounts', 'create', '--name', 'Ada', '--models', 'local'] },
  { args: ['accounts', 'create', '--name', 'Ada', '--models', 'fal-ai/flux*'] },
  { args: ['accounts', 'create', '--name', 'Ada', '--models='] },
  { args: ['accounts', 'update', ACCOUNT] },
  { args: ['accounts', 'update', ACCOUNT, '--models', '*/x'] },
])('`inkwell $args` is wrong usage: 2, and opens nothing', async ({ args }) => {
  using home = temporaryHome()
  const { code, stdout, stderr } = await inkwell(home, args)
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  expect(stderr).not.toBe('')
  expect((await inkwell(home, ['accounts', 'list'])).stdout).toContain('No accounts yet')
})

test('accounts update of this machine opens its account where this is its first use', async () => {
  using home = temporaryHome()
  const update = ['accounts', 'update', ACCOUNT, '--models', 'local/*, fal-ai/*']
  expect(await inkwell(home, update)).toEqual({
    code: 0,
    stdout: `  Account ${ACCOUNT} (local) may use: local/*, fal-ai/*\n`,
    stderr: '',
  })
  const { stdout } = await inkwell(home, ['accounts', 'list', '--json'])
  expect(JSON.parse(stdout)).toMatchObject({
    accounts: [{ id: ACCOUNT, balance: { micro: 5_000_000 }, models: ['local/*', 'fal-ai/*'] }],
  })
})

test('accounts update of an unknown account fails with 1', async () => {
  using home = temporaryHome()
  expect(await inkwell(home, ['accounts', 'update', 'acct_0', '--models', '*'])).toMatchObject({
    code: 1,
    stdout: '',
    stderr: expect.stringContaining('No account has this id'),
  })
})
