import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { revokeKey } from '../../src/accounts/keys.ts'
import { SCOPES } from '../../src/accounts/scopes.ts'
import { layoutFaults } from '../support/geometry.ts'
import { connectPinned, issued } from '../support/http.ts'
import { activityOf, figureOf, openStudio, signedIn, type Studio } from '../support/page.ts'
import { oldAccount } from '../support/spending.ts'

let studio: Studio

beforeAll(async () => {
  studio = await openStudio()
})

afterAll(async () => {
  await studio[Symbol.asyncDispose]()
})

describe('signing in', () => {
  test('takes an API key, and gives the browser a cookie that no script and no other site can use', async () => {
    await using tab = await signedIn(studio, studio.key.key)
    const cookies = await tab.page.context().cookies()
    expect(cookies).toMatchObject([{ httpOnly: true, sameSite: 'Lax', path: '/' }])
    expect(cookies[0]?.value).not.toContain(studio.key.key.slice(4, 20))
    expect(await figureOf(tab.page, 'Available Credits')).toBe('$4.69')
    expect(await figureOf(tab.page, 'Usage Rate')).toBe(
      `${Math.round((await spentThisMonth()) / 10_000)}%`,
    )
    expect(tab.faults).toEqual([])
  })

  test('says what is wrong with a key that does not count, and with one that may not read', async () => {
    const generator = await issued(studio.home, studio.account, { scopes: ['generate'] })
    await using tab = await studio.browser.tab()
    await tab.page.goto(studio.server.url)
    for (const [given, said] of [
      ['ink_wrong', 'does not exist, has expired or was revoked'],
      ['inkadm_0', 'This is an admin key; here only keys of accounts count.'],
      [generator.key, 'lacks the scope credits:read'],
    ] as const) {
      await tab.page.getByLabel('API key').fill(given)
      await tab.page.getByRole('button', { name: 'Sign in' }).click()
      await tab.page.getByRole('alert').filter({ hasText: said }).waitFor()
      expect(await tab.page.context().cookies()).toEqual([])
    }
  })

  test('ends with signing out, on the server too', async () => {
    await using tab = await signedIn(studio, studio.key.key)
    const [cookie] = await tab.page.context().cookies()
    await tab.page.getByRole('button', { name: 'Sign out' }).click()
    await tab.page.getByLabel('API key').waitFor()
    expect(await tab.page.context().cookies()).toEqual([])
    expect(await pageWith(cookie?.value)).not.toContain('Available Credits')
    expect(tab.faults).toEqual([])
  })

  test('ends at once where the key is revoked, also on an open page', async () => {
    const passing = await issued(studio.home, studio.account, { name: 'passing' })
    await using tab = await signedIn(studio, passing.key)
    await studio.home.withLedger((db) => db.write(() => revokeKey({ id: passing.id }, Date.now())))
    await tab.page.getByLabel('API key').waitFor() // without anybody doing anything
    expect(tab.faults).toEqual([])
  })
})

test('credits are bought through the payment page, and are there afterwards', async () => {
  const buyer = await oldAccount(studio.home, 'Buyer')
  const { key: own } = await issued(studio.home, buyer, { scopes: SCOPES })
  await using tab = await signedIn(studio, own)
  const { page } = tab
  expect(await page.locator('#purchases').innerText()).toContain('No purchases yet.')
  await page.getByLabel('Amount in US dollars').fill('50')
  await page.locator('#buy').getByRole('button', { name: 'Buy credits' }).click()
  await page.getByRole('button', { name: 'Pay with test money' }).click()
  await page.getByRole('heading', { name: 'Payment received' }).waitFor()
  await page.getByRole('link', { name: 'Back to your usage' }).click()
  expect(await figureOf(page, 'Available Credits')).toBe('$60.00')
  expect(await page.locator('#purchases tbody').innerText()).toMatch(
    /\$50\.00\s+\$55\.00\s+completed/,
  )
  expect(await layoutFaults(page)).toEqual([])
  expect(tab.faults).toEqual([])
})

test('what another account has is never shown', async () => {
  const other = await oldAccount(studio.home, 'Other')
  const foreign = await issued(studio.home, other, { scopes: SCOPES })
  await using agent = await connectPinned(studio.server, studio.key.key)
  const made = await agent.call('generateImage', { prompt: 'secret plan of the studio', seed: 2 })
  const asset = JSON.stringify(made.structuredContent).match(/asset_[0-9a-f]+/)?.[0]
  await using tab = await signedIn(studio, foreign.key)
  const { page } = tab
  for (const query of [
    '',
    `key=${studio.key.id}`,
    `session=${studio.sessions.get('agent')}`,
    `key=${studio.key.id}&operation=generateImage`,
  ]) {
    await page.goto(`${studio.server.url}/?${query}`)
    const content = await page.content()
    for (const secret of ['secret plan', 'Harbour', 'cut-outs', studio.second.prefix])
      expect(content).not.toContain(secret)
    expect(await activityOf(page)).toEqual([])
  }
  expect(tab.faults).toEqual([])
  for (const path of ['thumbnails', 'files'])
    expect((await page.request.get(`${studio.server.url}/page/${path}/${asset}`)).status()).toBe(
      404,
    )
})

test('a form is accepted only with the token of its own visitor', async () => {
  await using tab = await signedIn(studio, studio.key.key)
  await using stranger = await signedIn(studio, studio.second.key)
  const token = await stranger.page.locator('input[name=csrf]').first().inputValue()
  for (const [path, form] of [
    ['/page/sign-out', {}],
    ['/page/sign-out', { csrf: token }],
    ['/page/buy', { amount: '5', csrf: token }],
  ] as const) {
    const answer = await tab.page.request.post(`${studio.server.url}${path}`, { form })
    expect(answer.status()).toBe(403)
  }
  await tab.page.reload()
  expect(await figureOf(tab.page, 'Available Credits')).toMatch(/^\$/)
  const [cookie] = await tab.page.context().cookies()
  const withCookie = { cookie: `inkwell_page=${cookie?.value}` }
  expect((await studio.server.get('/v1/credits', undefined, withCookie)).status).toBe(401) // it opens the page only
})

test('nothing but files of this server may be loaded, and pages are kept nowhere', async () => {
  const answer = await studio.server.get('/')
  expect(answer.headers.get('content-security-policy')).toBe(
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; media-src 'self'; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
  )
  expect(answer.headers.get('cache-control')).toBe('no-store')
  const text = await answer.text()
  expect(text).not.toMatch(/<script(?![^>]* src="\/page\/)|<style|style=|https?:\/\//)
  const [, script = ''] = /src="(\/page\/[^"]+)"/.exec(text) ?? []
  const file = await studio.server.get(script)
  expect(file.headers.get('cache-control')).toContain('immutable')
  expect(file.headers.get('content-type')).toContain('text/javascript')
})

async function pageWith(cookie = ''): Promise<string> {
  return await (
    await studio.server.get('/', undefined, { cookie: `inkwell_page=${cookie}` })
  ).text()
}

/** Usage rate in hundredths of a percent, from the API. */
async function spentThisMonth(): Promise<number> {
  const { body } = await studio.server.json('/billing/usage', studio.key.key)
  const { credit_balance: left, usage_this_month: used } = body['data'] as Record<string, number>
  return Math.round(((used ?? 0) / ((used ?? 0) + (left ?? 0))) * 1_000_000)
}
