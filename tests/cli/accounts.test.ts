import { expect, test } from 'vitest'
import { examine, inkwell, temporaryHome } from '../support/app.ts'

test('accounts create opens an account with five dollars', async () => {
  using home = temporaryHome()
  const created = await inkwell(home, ['accounts', 'create', '--name', 'Ada L.', '--json'])
  expect(created).toMatchObject({ code: 0, stderr: '' })
  const account = JSON.parse(created.stdout) as { id: string; createdAt: string }
  expect(account).toEqual({
    id: expect.stringMatching(/^acct_[0-9a-f]{32}$/),
    name: 'Ada L.',
    balance: { micro: 5_000_000, display: '$5.00', currency: 'USD' },
    createdAt: expect.stringMatching(/^\d{4}-.*Z$/),
  })
  const list = await inkwell(home, ['accounts', 'list'])
  expect(list).toMatchObject({ code: 0, stderr: '' })
  const [head, row, ...rest] = list.stdout.trimEnd().split('\n')
  expect(head).toMatch(/^ {2}Id +Name +Balance +Created$/)
  expect(row).toMatch(new RegExp(`^  ${account.id} +Ada L\\. +\\$5\\.00 +\\d{4}-\\d\\d-\\d\\d$`))
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
  ['accounts'],
  ['accounts', 'create'],
  ['accounts', 'create', '--name', ''],
  ['accounts', 'create', '--name', 'x'.repeat(101)],
  ['accounts', 'create', '--name', 'two\nlines'],
  ['accounts', 'create', '--name', 'Ada', 'extra'],
])('`inkwell %s %s %s %s` is wrong usage: 2, and opens nothing', async (...args) => {
  using home = temporaryHome()
  const { code, stdout, stderr } = await inkwell(home, args)
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  expect(stderr).not.toBe('')
  expect((await inkwell(home, ['accounts', 'list'])).stdout).toContain('No accounts yet')
})
