import { afterAll, beforeAll, expect, test } from 'vitest'
import { revokeAdminKey } from '../../src/operator/admin-keys.ts'
import { inkwell } from '../support/app.ts'
import { openDeskStage, operating, type DeskStage } from '../support/desk.ts'
import { actOf } from '../support/operator-acts.ts'

let stage: DeskStage
let reader: string

beforeAll(async () => {
  stage = await openDeskStage()
  reader = (await stage.adminKey(['read'], 'auditor')).key
})

afterAll(async () => {
  await stage[Symbol.asyncDispose]()
})

test('an admin key signs in, and gives the browser a cookie that only this page gets', async () => {
  await using tab = await operating(stage, reader)
  const cookies = await tab.page.context().cookies()
  expect(cookies).toMatchObject([{ httpOnly: true, sameSite: 'Lax', path: '/admin' }])
  expect(cookies[0]?.value).not.toContain(reader.slice(7, 20))
  await tab.page.goto(stage.server.url)
  await tab.page.getByLabel('API key').waitFor() // it is another sign-in
  await tab.page.goto(`${stage.server.url}/admin`)
  await tab.page.getByRole('button', { name: 'Sign out' }).click()
  await tab.page.getByLabel('Admin key').waitFor()
  const headers = { cookie: `inkwell_admin=${cookies[0]?.value}` }
  expect(await (await stage.server.get('/admin', undefined, headers)).text()).toContain(
    'Sign in as',
  )
  expect(tab.faults).toEqual([])
})

test('a wrong key and the key of an account are told apart, and neither signs in', async () => {
  await using tab = await stage.browser.tab()
  const { page } = tab
  await page.goto(`${stage.server.url}/admin/accounts/${stage.accounts.get('Kiosk')}`)
  for (const [key, said] of [
    [`inkadm_${'0'.repeat(64)}`, 'does not exist or was revoked'],
    [stage.accountKey, 'This is the key of an account; here only admin keys count.'],
  ] as const) {
    await page.getByLabel('Admin key').fill(key)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByRole('alert').filter({ hasText: said }).waitFor()
    expect(await page.context().cookies()).toEqual([])
  }
  await page.goto(`${stage.server.url}/admin/accounts/${stage.accounts.get('Kiosk')}`)
  await page.getByLabel('Admin key').fill(reader)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('heading', { name: 'Kiosk' }).waitFor() // what was asked for
})

test('a session ends with its admin key, and a link of the command line opens once', async () => {
  const passing = await stage.adminKey(['read'], 'passing')
  await using tab = await operating(stage, passing.key)
  const { author } = actOf(Date.now())
  await stage.home.withLedger((db) => db.write(() => revokeAdminKey(passing.id, author)))
  await tab.page.reload()
  await tab.page.getByLabel('Admin key').waitFor()
  const { stdout } = await inkwell(stage.home, ['admin', 'open', '--url', stage.server.url])
  const link = /http\S+/.exec(stdout)?.[0] ?? ''
  await tab.page.goto(link)
  await tab.page.getByRole('heading', { name: 'Accounts and money' }).waitFor()
  expect((await stage.server.get(new URL(link).pathname)).status).toBe(401)
})
