import { describe, expect, test } from 'vitest'
import { issueKey } from '../../src/accounts/keys.ts'
import { LIVE_KEYS_MAX } from '../../src/accounts/key-refusals.ts'
import { authenticate } from '../../src/accounts/principal.ts'
import { ACCOUNT, examine, inkwell, temporaryHome, type Home } from '../support/app.ts'
import { NOW, run } from './support.ts'

const CREATE = `keys create --account ${ACCOUNT}`
const KEY = /\bink_[0-9a-f]{64}\b/

type Issued = { id: string; key: string }

async function issued(home: Home, options = ''): Promise<Issued> {
  const { code, stdout } = await run(home, `${CREATE} --json ${options}`.trim())
  expect(code).toBe(0)
  return JSON.parse(stdout) as Issued
}

const enter = (home: Home, key: string, at = NOW) =>
  home.withLedger((db) => db.read(() => authenticate(key, at)))

test('keys create prints the key once, in words', async () => {
  using home = temporaryHome()
  const { code, stdout, stderr } = await run(home, CREATE)
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(stdout.match(new RegExp(KEY, 'g'))).toHaveLength(1)
  expect(stdout).toContain('not shown again')
  expect(stdout).toContain('Scopes: generate, credits:read, assets:read\n')
  expect(stdout).toContain('Models: all\n')
  expect(stdout).toContain('Caps: none\n')
  expect(stdout).toContain('Expires: never\n')
  const key = KEY.exec(stdout)?.[0] ?? ''
  expect(await enter(home, key)).toMatchObject({ account: { id: ACCOUNT, name: 'local' } })
})

test('keys create --json gives id and key and all that was asked for', async () => {
  using home = temporaryHome()
  const key = await issued(
    home,
    '--name ci --scopes credits:buy,generate --max-usd-per-session 0 --max-usd-per-day 0.5 --max-usd-per-month 20 --max-usd-per-total 100 --max-usd-per-call 0.25 --approve-above 0.1 --expires 2027-01-31',
  )
  expect(key).toEqual({
    id: expect.stringMatching(/^key_/),
    kind: 'key',
    key: expect.stringMatching(KEY),
    accountId: ACCOUNT,
    name: 'ci',
    prefix: key.key.slice(0, 12),
    scopes: ['generate', 'credits:buy'],
    models: null,
    groupId: null,
    caps: {
      session: { micro: 0, display: '$0.00', currency: 'USD' },
      day: { micro: 500_000, display: '$0.50', currency: 'USD' },
      month: { micro: 20_000_000, display: '$20.00', currency: 'USD' },
      total: { micro: 100_000_000, display: '$100.00', currency: 'USD' },
      call: { micro: 250_000, display: '$0.25', currency: 'USD' },
      approveAbove: { micro: 100_000, display: '$0.10', currency: 'USD' },
    },
    status: 'live',
    expiresAt: '2027-01-31T00:00:00.000Z',
    revokedAt: null,
    lastUsedAt: null,
    createdAt: '2026-02-22T15:30:00.000Z',
  })
  expect(await enter(home, key.key)).toMatchObject({
    keyId: key.id,
    caps: {
      session: 0,
      day: 500_000,
      month: 20_000_000,
      total: 100_000_000,
      call: 250_000,
      approveAbove: 100_000,
    },
  })
  expect((await examine(home)).difference).toBeNull()
})

test.each(['--max-usd-total 1.5', '--max-usd-total=1.5', '--max-usd-per-total=1.5'])(
  'the total cap is also called %s',
  async (option) => {
    using home = temporaryHome()
    expect(await issued(home, option)).toMatchObject({ caps: { total: { micro: 1_500_000 } } })
  },
)

test('a key may end some days from now', async () => {
  using home = temporaryHome()
  const { key } = await issued(home, '--expires 30d')
  const end = Date.parse('2026-03-24T15:30:00Z')
  expect(await enter(home, key, end - 1)).toMatchObject({ account: { id: ACCOUNT } })
  await expect(enter(home, key, end)).rejects.toMatchObject({ code: 'unauthorized' })
})

test('a key spends of the account it was issued for', async () => {
  using home = temporaryHome()
  const account = await run(home, 'accounts create --name Ada --json')
  const { id } = JSON.parse(account.stdout) as { id: string }
  const { stdout } = await run(home, `keys create --account ${id} --json`)
  const { key } = JSON.parse(stdout) as Issued
  expect(await enter(home, key)).toMatchObject({ account: { id, name: 'Ada' } })
  const list = await run(home, `keys list --account ${ACCOUNT}`)
  expect(list).toEqual({ code: 0, stdout: '  No API keys yet.\n', stderr: '' })
})

test('keys list shows what a key is and never the key', async () => {
  using home = temporaryHome()
  const first = await issued(home, '--name laptop --max-usd-per-day 5 --expires 1d')
  const second = await issued(home, '--scopes assets:read')
  await run(home, `keys revoke ${second.id}`)
  const { code, stdout } = await run(home, 'keys list')
  const [head, ...rows] = stdout.trimEnd().split('\n')
  expect(code).toBe(0)
  expect(head).toMatch(
    /^ {2}Id +Name +Key +Account +Scopes +Models +Caps +Group +Spent +Expires +Used +Status$/,
  )
  const row = (id: string) => rows.find((line) => line.startsWith(`  ${id} `)) ?? ''
  expect(rows).toHaveLength(2)
  expect(row(first.id)).toContain(` laptop ${first.key.slice(0, 12)}… `)
  expect(row(first.id)).toMatch(/ day \$5\.00 +\$0\.0000 +2026-02-23 +never +live$/)
  expect(row(second.id)).toMatch(/ assets:read +all +none +\$0\.0000 +never +never +revoked$/)
  const json = await run(home, 'keys list --json')
  for (const text of [stdout, json.stdout])
    for (const { key } of [first, second]) expect(text).not.toContain(key.slice(12))
  const { key: _, ...rest } = first
  const spent = { micro: 0, display: '$0.00', currency: 'USD' }
  const { keys } = JSON.parse(json.stdout) as { keys: object[] }
  expect(keys).toContainEqual({ ...rest, spent })
})

test('keys revoke refuses the key at once, and may be repeated', async () => {
  using home = temporaryHome()
  const { id, key } = await issued(home)
  expect(await run(home, `keys revoke ${id}`)).toMatchObject({
    code: 0,
    stdout: `  Key ${id} is refused since 2026-02-22T15:30:00.000Z.\n`,
  })
  await expect(enter(home, key)).rejects.toMatchObject({ code: 'unauthorized' })
  const again = await inkwell(home, ['keys', 'revoke', id, '--json'])
  expect(JSON.parse(again.stdout)).toEqual({ id, revokedAt: '2026-02-22T15:30:00.000Z' })
})

test('keys update changes what is named and keeps the rest', async () => {
  using home = temporaryHome()
  const { key: _, ...issuedKey } = await issued(home, '--max-usd-per-day 5')
  const update = async (options: string): Promise<unknown> =>
    JSON.parse((await run(home, `keys update ${issuedKey.id} --json ${options}`)).stdout)
  const changed = {
    ...issuedKey,
    name: 'ci',
    scopes: ['credits:read'],
    models: ['local/*'],
    expiresAt: '2027-01-31T00:00:00.000Z',
  }
  const options = '--name ci --scopes credits:read --models local/* --expires 2027-01-31'
  expect(await update(options)).toEqual(changed)
  expect(await update('--expires never')).toEqual({ ...changed, expiresAt: null })
  await run(home, `keys revoke ${issuedKey.id}`)
  expect(await run(home, `keys update ${issuedKey.id} --name again`)).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('is revoked'),
  })
})

test.each([
  ['keys create --account acct_unknown', 'No account has this id'],
  ['keys revoke key_unknown', 'No API key has this id'],
  ['keys update key_unknown --models local/*', 'No API key has this id'],
])('`inkwell %s` fails with 1 and says why', async (args, words) => {
  using home = temporaryHome()
  expect(await run(home, args)).toMatchObject({
    code: 1,
    stdout: '',
    stderr: expect.stringContaining(words),
  })
})

test('one key too many of an account is refused with the way out', async () => {
  using home = temporaryHome()
  await issued(home)
  await home.withLedger((db) =>
    db.write(function* filling() {
      for (let live = 1; live < LIVE_KEYS_MAX; live += 1) yield* issueKey(ACCOUNT, {}, NOW)
    }),
  )
  const { code, stdout, stderr } = await run(home, CREATE)
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  expect(stderr).toContain('1000 live API keys')
  expect(stderr).toContain('Revoke one first')
})

describe('wrong usage ends with 2, says why and issues nothing', () => {
  test.each([
    ['keys', 'Usage:'],
    ['keys create', '--account'],
    ['keys revoke', 'id'],
    ['keys update', 'id'],
    ['keys update key_0', 'nothing to change'],
    ['keys update key_0 --models FAL/*', 'no pattern for models'],
    [`${CREATE} --models local`, 'no pattern for models'],
    [`${CREATE} --max-usd-per-day five`, 'plain amount'],
    [`${CREATE} --max-usd-per-day -1`, 'plain amount'],
    [`${CREATE} --max-usd-per-month 5,00`, 'plain amount'],
    [`${CREATE} --max-usd-per-session=`, 'plain amount'],
    [`${CREATE} --max-usd-total 1e999`, 'plain amount'],
    [`${CREATE} --max-usd-per-total 0.0000001`, 'plain amount'],
    [`${CREATE} --scopes admin`, 'credits:buy'],
    [`${CREATE} --scopes generate,`, 'credits:buy'],
    [`${CREATE} --scopes=`, 'credits:buy'],
    [`${CREATE} --expires tomorrow`, '2027-01-31'],
    [`${CREATE} --expires 2027-02-29`, '2027-01-31'],
    [`${CREATE} --expires 2027-13-01`, '2027-01-31'],
    [`${CREATE} --expires 0d`, '2027-01-31'],
    [`${CREATE} --expires -3d`, '2027-01-31'],
    [`${CREATE} --expires 2026-02-22`, 'passed already'],
    [`${CREATE} --name=`, '1 to 100'],
  ])('inkwell %s', async (args, words) => {
    using home = temporaryHome()
    const { code, stdout, stderr } = await run(home, args)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain(words)
    expect(stderr).not.toMatch(/^\s+at .*:\d+/m) // no stack
    expect((await run(home, 'keys list')).stdout).toBe('  No API keys yet.\n')
  })
})
