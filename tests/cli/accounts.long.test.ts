import { expect, test } from 'vitest'
import { ACCOUNT, emptyHome, examine, inkwell, temporaryHome } from '../support/app.ts'

test('accounts create opens an account with five dollars', async () => {
  using home = temporaryHome()
  const created = await inkwell(home, ['accounts', 'create', '--name', 'Ada L.', '--json'])
  expect(created).toMatchObject({ code: 0, stderr: '' })
  const account = JSON.parse(created.stdout) as { id: string; createdAt: string }
  expect(account).toEqual({
    id: expect.stringMatching(/^acct_[0-9a-f]{32}$/),
    name: 'Ada L.',
    state: 'open',
    balance: { micro: 5_000_000, display: '$5.00', currency: 'USD' },
    held: { micro: 0, display: '$0.00', currency: 'USD' },
    debt: { micro: 0, display: '$0.00', currency: 'USD' },
    models: null,
    maxUsdPerCall: null,
    suspension: null,
    closedAt: null,
    createdAt: expect.stringMatching(/^\d{4}-.*Z$/),
  })
  const list = await inkwell(home, ['accounts', 'list'])
  expect(list).toMatchObject({ code: 0, stderr: '' })
  const [head, row, ...rest] = list.stdout.trimEnd().split('\n')
  expect(head).toMatch(/^ {2}Id +Name +Balance +Today +Month +Keys +State +Models +Created$/)
  expect(row).toMatch(
    new RegExp(
      `^  ${account.id} +Ada L\\. +\\$5\\.00 +\\$0\\.0000 +\\$0\\.0000 +0 +open +all +\\d{4}-\\d\\d-\\d\\d$`,
    ),
  )
  expect(rest).toEqual([])
  const json = await inkwell(home, ['accounts', 'list', '--json'])
  expect(JSON.parse(json.stdout)).toMatchObject({
    accounts: [{ ...account, keys: 0, spentToday: { micro: 0 } }],
  })
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
  using home = emptyHome()
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
  using home = emptyHome()
  const update = ['accounts', 'update', ACCOUNT, '--models', 'local/*, fal-ai/*']
  expect(await inkwell(home, update)).toEqual({
    code: 0,
    stdout: `  Account ${ACCOUNT} (local) is changed.\n  State:   open\n  Models:  local/*, fal-ai/*\n  A call:  any price\n`,
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

test('an account is suspended, resumed, changed and closed, and each act is in the audit log', async () => {
  using home = temporaryHome()
  const run = async (...args: string[]) => await inkwell(home, args)
  const { id } = JSON.parse((await run('accounts', 'create', '--name', 'Ada', '--json')).stdout)
  await run('keys', 'create', '--account', id)
  const generate = ['call', 'generateImage', '{"prompt":"fog"}', '--json']
  await run('accounts', 'suspend', ACCOUNT, '--reason', 'invoice 7 is unpaid', '--by', 'ben')
  const refused = await run(...generate)
  expect(refused.code).toBe(1)
  expect(JSON.parse(refused.stdout)).toMatchObject({
    structuredContent: {
      error: { code: 'forbidden', message: 'This account is suspended: invoice 7 is unpaid.' },
    },
  })
  expect(await run('billing', 'buy', '--amount', '10', '--no-wait')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('invoice 7 is unpaid'),
  })
  const read = await run('usage')
  expect(read).toMatchObject({ code: 0, stdout: expect.stringContaining('Balance: $5.00') })
  expect(read.stdout).toContain('The reason: invoice 7 is unpaid')
  expect(read.stdout).toContain(`until inkwell accounts resume ${ACCOUNT}`)
  expect((await run('accounts', 'show', ACCOUNT)).stdout).toContain('suspended: invoice 7')
  await run('accounts', 'resume', ACCOUNT)
  expect((await run(...generate)).code).toBe(0)
  await run('accounts', 'update', id, '--name', 'Ada L.', '--max-usd-per-call', '0.01')
  expect(await run('accounts', 'close', ACCOUNT)).toMatchObject({ code: 2 })
  expect((await run('accounts', 'close', id)).stdout).toContain('(Ada L.) is closed.')
  expect(await run('accounts', 'suspend', id, '--reason', 'x')).toMatchObject({ code: 2 })
  expect(await run('keys', 'create', '--account', id)).toMatchObject({ code: 2 })
  expect(JSON.parse((await run('accounts', 'show', id, '--json')).stdout)).toMatchObject({
    state: 'closed',
    keys: 0,
    balance: { micro: 5_000_000 },
    maxUsdPerCall: { micro: 10_000 },
  })
  for (const args of [['usage'], ['usage', 'history'], ['billing'], ['billing', 'invoices']])
    expect(await run(...args, '--account', id)).toMatchObject({ code: 0 })
  expect((await run('usage', '--account', id)).stdout).toContain('This account is closed')
  expect(await run('usage', '--account', 'acct_0')).toMatchObject({ code: 1 })
  const { audit } = JSON.parse((await run('audit', '--json')).stdout) as {
    audit: Record<'action' | 'by' | 'details' | 'reason', string | null>[]
  }
  expect(audit.map((act) => [act.action, act.by === 'ben', act.details ?? act.reason])).toEqual([
    ['accounts.close', false, null],
    ['accounts.update', false, 'name=Ada L. max_price=$0.01'],
    ['accounts.resume', false, null],
    ['accounts.suspend', true, 'invoice 7 is unpaid'],
    ['keys.create', false, ''],
    ['accounts.create', false, 'name=Ada'],
  ])
  expect((await examine(home)).difference).toBeNull()
})
