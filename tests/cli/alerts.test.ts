import { join } from 'node:path'
import Database from 'better-sqlite3'
import { Webhook } from 'standardwebhooks'
import { expect, test } from 'vitest'
import { inkwell, temporaryHome } from '../support/app.ts'
import { alertReceiver, status } from '../support/alert-receiver.ts'
import { openedAccount, serveHttp } from '../support/http.ts'

test('a test message is signed with the secret that is shown, and the answer is told', async () => {
  await using receiver = await alertReceiver()
  using home = temporaryHome({ INKWELL_ALERT_URL: receiver.url })
  const { stdout: shown } = await inkwell(home, ['alerts', 'secret', '--json'])
  const { secret } = JSON.parse(shown) as { secret: string }
  expect(await inkwell(home, ['alerts', 'test'])).toMatchObject({
    code: 0,
    stdout: '  Delivered: HTTP 204.\n',
    stderr: '',
  })
  const { headers, body } = receiver.deliveries[0] ?? { headers: {}, body: '' }
  expect(new Webhook(secret).verify(body, headers)).toMatchObject({ type: 'test' })
  receiver.behave(status(404))
  expect(await inkwell(home, ['alerts', 'test', '--json'])).toMatchObject({
    code: 1,
    stdout: '{\n  "delivered": false,\n  "answer": "HTTP 404"\n}\n',
  })
})

test('without an address nothing is sent, and the setting is named', async () => {
  using home = temporaryHome()
  const { code, stderr } = await inkwell(home, ['alerts', 'test'])
  expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringMatching(/INKWELL_ALERT_URL/) })
})

test('a server delivers what any process raised, and the list says so', async () => {
  await using receiver = await alertReceiver()
  using home = temporaryHome({
    INKWELL_ALERT_URL: receiver.url,
    INKWELL_MAX_USD_PER_DAY: '0.05',
  })
  await using server = await serveHttp(home)
  await inkwell(home, ['call', 'generateImage', '{"prompt":"fog","preview":false}'])
  await expect.poll(() => receiver.deliveries.length, { timeout: 10_000 }).toBe(1)
  expect(receiver.deliveries[0]?.body).toContain('100% of the daily budget')
  await expect
    .poll(async () => (await inkwell(home, ['alerts', 'list'])).stdout, { timeout: 10_000 })
    .toMatch(/ delivered +budget\.threshold +Account acct_local: 100% of the daily budget/)
  expect((await server.get('/healthz')).status).toBe(200)
})

test('a ledger that differs raises an alert, once however often it is verified', async () => {
  using home = temporaryHome()
  await inkwell(home, ['usage'])
  const ledger = new Database(join(home.path, 'test.db'))
  ledger.exec('update account set available = available + 1, granted = granted + 1')
  ledger.close()
  for (let time = 0; time < 2; time++)
    expect((await inkwell(home, ['ledger', 'verify'])).code).toBe(1)
  const { stdout } = await inkwell(home, ['alerts', 'list', '--json'])
  const { alerts } = JSON.parse(stdout) as { alerts: { period: string }[] }
  expect(alerts[0]).toMatchObject({
    kind: 'ledger.verify_failed',
    account: null,
    text: expect.stringMatching(/^The ledger differs: I\d+/),
    state: 'waiting',
  })
  expect(new Set(alerts.map(({ period }) => period)).size).toBe(alerts.length) // an hour may have ended
})

test('the webhook of an account is set, shown without its secrets and removed, all on record', async () => {
  using home = temporaryHome()
  const account = await openedAccount(home, 'Studio')
  const webhook = (...args: string[]) =>
    inkwell(home, ['alerts', 'webhook', ...args, '--account', account, '--by', 'grace'])
  const address = 'https://receiver.invalid/services/f3a90c71'
  const { stdout } = await webhook(address, '--json')
  const { secret, ...set } = JSON.parse(stdout) as { secret: string }
  expect(set).toEqual({ account, host: 'receiver.invalid' })
  expect(secret).toMatch(/^whsec_[\w+/]{43}=$/)
  const shown = await webhook()
  expect(shown.stdout).toMatch(
    /^ {2}Alerts of acct_\w+ are sent to receiver\.invalid since \S+Z\.\n$/,
  )
  expect(await inkwell(home, ['alerts', 'test', '--account', account])).toMatchObject({
    code: 1,
    stdout: expect.stringMatching(/^ {2}Not delivered: no connection \(\w+\)\.\n$/),
  })
  expect((await webhook('--remove')).stdout).toBe(`  Alerts of ${account} are sent nowhere.\n`)
  expect((await webhook('--remove')).stdout).toBe(`  ${account} had no webhook.\n`)
  const refused = await webhook('http://10.0.0.1/services/f3a90c71')
  expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining('https: address') })
  const { stdout: audit } = await inkwell(home, ['audit', '--json'])
  const acts = (JSON.parse(audit) as { audit: { details: string; by: string }[] }).audit
  expect(acts.map(({ details, by }) => `${by}: ${details}`)).toEqual([
    'grace: removed',
    'grace: host=receiver.invalid',
  ])
  const told = [shown.stdout, refused.stderr, audit].join()
  for (const hidden of ['f3a90c71', secret.slice(6, 20)]) expect(told).not.toContain(hidden)
  const nobody = await inkwell(home, ['alerts', 'webhook', address, '--account', 'acct_none'])
  expect(nobody).toMatchObject({ code: 1, stderr: expect.stringMatching(/No account has this id/) })
})
