import { afterAll, beforeAll, expect, test } from 'vitest'
import { DEFAULT_SCOPES, SCOPES } from '../../src/accounts/scopes.ts'
import { raise } from '../../src/alerts/outbox.ts'
import { violations } from '../support/axe.ts'
import { inkwell, temporaryHome, type Home } from '../support/app.ts'
import { openBrowser, type Tab, type TestBrowser } from '../support/browser.ts'
import { layoutFaults } from '../support/geometry.ts'
import { issued, openedAccount, serveHttp, type HttpServer } from '../support/http.ts'
import { signedIn } from '../support/page.ts'

const ADDRESS = 'https://receiver.invalid/services/f3a90c71'

let home: Home
let server: HttpServer
let browser: TestBrowser
let account: string
let person: string
let agent: string
let stranger: string

beforeAll(async () => {
  home = temporaryHome()
  account = await openedAccount(home, 'Studio')
  person = (await issued(home, account, { scopes: SCOPES })).key
  agent = (await issued(home, account, { scopes: DEFAULT_SCOPES })).key
  stranger = (await issued(home, await openedAccount(home, 'Other'), { scopes: SCOPES })).key
  const at = Date.now()
  await home.withLedger(async (db) => {
    await db.write(() =>
      raise([
        {
          kind: 'budget.threshold',
          account_id: account,
          subject: `month:${account}`,
          period: '2026-11',
          threshold: 80,
          cap: 10_000_000,
          at,
          details: { scope: 'month', owner: account, used: 8_200_000 },
        },
        {
          kind: 'balance.low',
          account_id: account,
          at,
          details: { available: 800_000, below: 1_000_000 },
        },
      ]),
    )
  })
  server = await serveHttp(home)
  browser = await openBrowser()
})

afterAll(async () => {
  await browser[Symbol.asyncDispose]()
  await server[Symbol.asyncDispose]()
  home[Symbol.dispose]()
})

const shots = process.env['SHOTS']

async function expectSound({ page, faults }: Tab): Promise<void> {
  expect(await violations(page)).toEqual([])
  expect(await layoutFaults(page)).toEqual([])
  expect(faults).toEqual([])
}

test('a person reads the alerts, sets a webhook whose secret is shown once, tests and removes it', async () => {
  await using tab = await signedIn({ browser, server }, person)
  const { page } = tab
  const latest = await page.locator('#alerts li').allInnerTexts()
  expect(latest.join()).toContain('80% of the monthly limit for 2026-11 is reached.')
  expect(latest.join()).toContain('$0.80 is left, less than $1.00.')
  expect(latest.join()).not.toContain('acct_')
  await page.getByRole('link', { name: 'All, and your webhook' }).click()
  const field = page.getByLabel('Address (https)')
  await field.fill('https://10.0.0.1/services/f3a90c71')
  await page.getByRole('button', { name: 'Set the webhook' }).click()
  await page.locator('#webhook-problem').filter({ hasText: 'a private or local address' }).waitFor()
  expect(await field.getAttribute('aria-invalid')).toBe('true')
  await field.fill(ADDRESS)
  await page.keyboard.press('Enter')
  await page.getByText('Alerts are sent to receiver.invalid since').waitFor()
  const secret = await page.locator('.secret').innerText()
  expect(secret).toMatch(/^whsec_[\w+/]{43}=$/)
  await expectSound(tab)
  await page.reload()
  expect(await page.locator('.secret').count()).toBe(0)
  for (const hidden of ['f3a90c71', secret.slice(6)])
    expect(await page.content()).not.toContain(hidden)
  await page.getByRole('button', { name: 'Send a test' }).click()
  await page.getByText(/What came of it: no connection \(\w+\)\./).waitFor()
  await page.getByRole('button', { name: /^Send again: 80%/ }).click()
  await page.getByText('A message was sent to this webhook just now.').waitFor()
  await page.getByRole('button', { name: 'Remove the webhook' }).click()
  await page.getByText('None is set: alerts are shown here only.').waitFor()
  await expectSound(tab)
})

test('the key of an agent, another account and a form from elsewhere change nothing', async () => {
  await inkwell(home, ['alerts', 'webhook', ADDRESS, '--account', account])
  const post = ({ page }: Tab, path: string, form: Record<string, string>) =>
    page.evaluate(
      async ({ to, fields }) => {
        const body = new URLSearchParams(fields)
        return (await fetch(to, { method: 'POST', body, redirect: 'manual' })).status
      },
      { to: path, fields: form },
    )
  const tokenOf = ({ page }: Tab) => page.locator('input[name=csrf]').first().inputValue()
  const remove = { does: 'remove' }
  await using own = await signedIn({ browser, server }, person)
  for (const csrf of ['', 'forged'])
    expect(await post(own, '/page/alerts/webhook', { ...remove, csrf })).toBe(403)
  await using theirs = await signedIn({ browser, server }, agent)
  expect(
    await post(theirs, '/page/alerts/webhook', { ...remove, csrf: await tokenOf(theirs) }),
  ).toBe(403)
  await theirs.page.goto(`${server.url}/alerts`)
  await theirs.page.getByText('This sign-in may not change it').waitFor()
  expect(await theirs.page.locator('main form[method=post]').count()).toBe(0)
  await own.page.goto(`${server.url}/alerts`)
  const again = await own.page.locator('form[action$="/resend"]').first().getAttribute('action')
  await using other = await signedIn({ browser, server }, stranger)
  await post(other, '/page/alerts/webhook', { ...remove, csrf: await tokenOf(other) })
  await post(other, again ?? '', { csrf: await tokenOf(other) })
  await other.page.goto(`${server.url}/alerts`)
  await other.page.getByText('No alert has this id.').waitFor()
  expect(await other.page.locator('#alerts').innerText()).toContain('None yet.')
  await own.page.reload()
  await own.page.getByText('Alerts are sent to receiver.invalid since').waitFor()
})

test.each([
  { width: 1280, dark: false },
  { width: 768, dark: true },
  { width: 320, dark: true },
  { width: 320, dark: false },
])('it is for everybody at $width pixels, dark: $dark', async ({ width, dark }) => {
  await inkwell(home, ['alerts', 'webhook', ADDRESS, '--account', account])
  const colorScheme = dark ? 'dark' : 'light'
  await using tab = await signedIn({ browser, server }, person, {
    viewport: { width, height: 900 },
    colorScheme,
  })
  await expectSound(tab)
  const name = `${colorScheme}-${width}.png`
  if (shots !== undefined)
    await tab.page.screenshot({ path: `${shots}/usage-${name}`, fullPage: true })
  await tab.page.goto(`${server.url}/alerts`)
  await tab.page.getByText('Alerts are sent to receiver.invalid since').waitFor()
  await expectSound(tab)
  await tab.page.getByLabel('Another address (https)').fill(`${ADDRESS}/next`)
  await tab.page.getByRole('button', { name: 'Set the webhook' }).click()
  await tab.page.locator('.secret').waitFor()
  await expectSound(tab)
  expect(await tab.page.locator('#alerts li').count()).toBe(2)
  if (shots !== undefined)
    await tab.page.screenshot({ path: `${shots}/alerts-${name}`, fullPage: true })
})
