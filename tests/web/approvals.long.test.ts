import { afterAll, beforeAll, expect, test } from 'vitest'
import { DEFAULT_SCOPES, SCOPES } from '../../src/accounts/scopes.ts'
import { findDifference } from '../../src/verify.ts'
import { violations } from '../support/axe.ts'
import { adminKey } from '../support/admin.ts'
import { temporaryHome, type Home } from '../support/app.ts'
import { openBrowser, type Tab, type TestBrowser } from '../support/browser.ts'
import { operating } from '../support/desk.ts'
import { layoutFaults } from '../support/geometry.ts'
import { connectPinned, issued, openedAccount, serveHttp } from '../support/http.ts'
import type { HttpClient, HttpServer } from '../support/http.ts'
import { signedIn } from '../support/page.ts'
import { answerOf, errorOf, small } from '../tools/support.ts'

let home: Home
let server: HttpServer
let browser: TestBrowser
let account: string
let person: string
let agentKey: string
let stranger: string
let agent: HttpClient

beforeAll(async () => {
  home = temporaryHome({ INKWELL_APPROVE_ABOVE_USD: '0.04' })
  account = await openedAccount(home, 'Studio')
  person = (await issued(home, account, { scopes: SCOPES })).key
  agentKey = (await issued(home, account, { name: 'the agent', scopes: DEFAULT_SCOPES })).key
  stranger = (await issued(home, await openedAccount(home, 'Other'), { scopes: SCOPES })).key
  server = await serveHttp(home)
  browser = await openBrowser()
  agent = await connectPinned(server, agentKey)
})

afterAll(async () => {
  await agent[Symbol.asyncDispose]()
  await browser[Symbol.asyncDispose]()
  await server[Symbol.asyncDispose]()
  home[Symbol.dispose]()
})

const shots = process.env['SHOTS']

const make = (prompt: string) => agent.call('generateImage', { ...small, prompt })

/** A call that asks. Returns the link that the agent gets. */
async function linkOf(prompt: string): Promise<string> {
  const { approval } = errorOf(await make(prompt)) as never as { approval: { url: string } }
  return approval.url
}

async function expectSound({ page, faults }: Tab): Promise<void> {
  expect(await violations(page)).toEqual([])
  expect(await layoutFaults(page)).toEqual([])
  expect(faults).toEqual([])
}

test('the link leads a person who signs in to the question; approved twice, the call goes on once', async () => {
  const link = await linkOf('a <b>red</b> fox')
  await using tab = await browser.tab()
  const { page } = tab
  await page.goto(link)
  await page.getByLabel('API key').fill(person)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByText('An agent asks for $0.05.').waitFor()
  expect(page.url()).toBe(link)
  await page.getByText('a <b>red</b> fox').waitFor()
  await page.getByText('Asked with the key the agent.').waitFor()
  await using other = await signedIn({ browser, server }, person)
  await other.page.getByRole('button', { name: 'Approve $0.05' }).waitFor()
  await page.getByRole('button', { name: 'Approve $0.05' }).click()
  await page.getByText('Tell the agent to make the same call again.').waitFor()
  await page.getByText('$0.05 is approved.').waitFor()
  answerOf(await make('a <b>red</b> fox'))
  expect(errorOf(await make('a <b>red</b> fox'))).toMatchObject({ code: 'approval_required' })
  await page.getByText('$0.05 was approved, and the call went on.').waitFor()
  await page.getByRole('link', { name: 'See what was made' }).click()
  await page.waitForURL(/\/g\/gen_/)
  expect(await home.withLedger((db) => db.read(findDifference))).toBeNull()
})

test('the usage page shows what waits as soon as it does, and refuses by keyboard', async () => {
  await using tab = await signedIn({ browser, server }, person)
  const { page, faults } = tab
  const link = await linkOf('a wolf')
  const refuse = page.locator('#approvals .state', { hasText: 'a wolf' }).getByRole('button', {
    name: 'Refuse',
  })
  await refuse.waitFor()
  await refuse.focus()
  await page.keyboard.press('Enter')
  await page.getByText('What was held for it is free again.').waitFor()
  expect(page.url()).toBe(link)
  await page.getByText('$0.05 was refused.').waitFor()
  expect(errorOf(await make('a wolf'))).toMatchObject({ approval: { status: 'refused' } })
  expect(faults).toEqual([])
})

test.each([
  { width: 1440, dark: false },
  { width: 768, dark: true },
  { width: 360, dark: true },
  { width: 360, dark: false },
])('it is for everybody at $width pixels, dark: $dark', async ({ width, dark }) => {
  const link = await linkOf(`a ship ${'with a very long name '.repeat(10)}${width}${dark}`)
  const colorScheme = dark ? 'dark' : 'light'
  await using tab = await signedIn({ browser, server }, person, {
    viewport: { width, height: 900 },
    colorScheme,
  })
  await expectSound(tab)
  const name = `${colorScheme}-${width}`
  if (shots !== undefined) await tab.page.screenshot({ path: `${shots}/approvals-${name}.png` })
  await tab.page.goto(link)
  await expectSound(tab)
  if (shots !== undefined) await tab.page.screenshot({ path: `${shots}/approval-${name}.png` })
  await tab.page.getByRole('button', { name: 'Refuse' }).click()
  await tab.page.getByText('What was held for it is free again.').waitFor()
  await expectSound(tab)
  expect(await tab.page.getByText('$0.05 was refused.').isVisible()).toBe(true)
})

test('the key of the agent, another account and a form from elsewhere decide nothing', async () => {
  const link = await linkOf('a whale')
  const { pathname } = new URL(link)
  await using tab = await signedIn({ browser, server }, agentKey)
  await tab.page.goto(link)
  await tab.page.getByText('This sign-in may not decide').waitFor()
  expect(await tab.page.getByRole('button', { name: /Approve|Refuse/ }).count()).toBe(0)
  const post = (page: Tab['page'], csrf: string) =>
    page.evaluate(
      async ({ path, csrf: token }) => {
        const body = new URLSearchParams({ csrf: token, says: 'approve' })
        return (await fetch(path, { method: 'POST', body, redirect: 'manual' })).status
      },
      { path: `/page${pathname}`, csrf },
    )
  const tokenOf = ({ page }: Tab) => page.locator('input[name=csrf]').first().inputValue()
  await tab.page.goto(server.url)
  await post(tab.page, await tokenOf(tab))
  await using other = await signedIn({ browser, server }, stranger)
  await post(other.page, await tokenOf(other))
  expect((await other.page.goto(link))?.status()).toBe(404)
  await using own = await signedIn({ browser, server }, person)
  expect(await post(own.page, 'forged')).toBe(403)
  await own.page.goto(link)
  await own.page.getByText('An agent asks for $0.05.').waitFor()
  expect(errorOf(await make('a whale'))).toMatchObject({ approval: { status: 'pending' } })
})

test('the operator sees what waits, with age, account, key, price and model, and decides nothing', async () => {
  await linkOf('secret plan')
  const { key } = await adminKey(home, 'read')
  await using tab = await operating({ browser, server }, key, {
    viewport: { width: 320, height: 900 },
  })
  const { page } = tab
  const newest = page.locator('#approvals tbody tr').first()
  for (const path of ['/admin', `/admin/accounts/${account}`]) {
    await page.goto(`${server.url}${path}`)
    const text = await newest.innerText()
    expect(text).toMatch(/\d+ s ago\s+flux-2-flex\s+1 output by generateImage/)
    expect(text).toMatch(/key the agent, pending until .+\s\$0\.05$/)
    expect(text.includes('Studio')).toBe(path === '/admin')
    expect(await page.content()).not.toContain('secret plan')
    expect(await page.locator('#approvals :is(form, button)').count()).toBe(0)
    await expectSound(tab)
  }
  const csv = await page.request.get(`${server.url}/admin/approvals.csv`)
  expect((await csv.text()).split('\r\n')[1]).toMatch(
    new RegExp(
      `^apr_\\w+,pending,\\S+Z,\\S+Z,${account},key_\\w+,generateImage,fal-ai/flux-2-flex,1,50000$`,
    ),
  )
  const read = (asked: string) => server.json(`/admin/v1/approvals?account_id=${asked}`, key)
  const { approvals } = (await read(account)).body as { approvals: object[] }
  expect(approvals[0]).toEqual({
    id: expect.stringMatching(/^apr_/),
    account,
    key: expect.stringMatching(/^key_/),
    key_name: 'the agent',
    status: 'pending',
    operation: 'generateImage',
    model: 'fal-ai/flux-2-flex',
    count: 1,
    price: { micro: 50_000, display: '$0.05', currency: 'USD' },
    created_at: expect.stringMatching(/Z$/),
    expires_at: expect.stringMatching(/Z$/),
  })
  expect((await read('acct_other')).body).toEqual({ approvals: [] })
  expect((await server.get('/admin/v1/approvals', person)).status).toBe(401)
})
