import type { Locator, Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { violations } from '../support/axe.ts'
import { SCOPES } from '../../src/accounts/scopes.ts'
import { clawBack } from '../../src/billing/credits.ts'
import { query, type TransactionBody } from '../../src/db/db.ts'
import { temporaryHome, type Home } from '../support/app.ts'
import { beforeTests } from '../support/before-tests.ts'
import { openBrowser, type TestBrowser } from '../support/browser.ts'
import { layoutFaults, smallTargets } from '../support/geometry.ts'
import { connectPinned, issued, serveHttp, type HttpServer } from '../support/http.ts'
import { signedIn } from '../support/page.ts'
import { charge, oldAccount } from '../support/spending.ts'
import { startStripeEmulator, type StripeEmulator } from '../services/stripe/emulator.ts'
import { refundOf } from '../support/operator-acts.ts'

/** The questions of somebody who sees the page for the first time, answered by clicking. */

let home: Home
let stripe: StripeEmulator
let server: HttpServer
let browser: TestBrowser
let account: string
let studio: string
let owing: string

const SPENT = [
  ...['pro', 'pro'].map((kind) => `fal-ai/sora-2/text-to-video/${kind}`),
  'fal-ai/veo3.1',
  'fal-ai/kling-video/v2.5-turbo/pro/text-to-video',
  'fal-ai/minimax/hailuo-02/standard/text-to-video',
  ...Array.from({ length: 3 }, () => 'fal-ai/nano-banana-2'),
  'fal-ai/recraft/v4/text-to-image',
] // $4.90 of the $5.00 at the start

beforeTests(async (keep) => {
  stripe = keep(await startStripeEmulator())
  home = keep(temporaryHome({ STRIPE_SECRET_KEY: stripe.key, INKWELL_STRIPE_BASE_URL: stripe.url }))
  account = await oldAccount(home, 'Studio')
  studio = (await issued(home, account, { scopes: SCOPES, caps: { day: 200_000 } })).key
  await charge(home, account, [
    { daysAgo: 12, model: 'fal-ai/ideogram/v3', session: 'day shift' },
    { daysAgo: 3, model: 'fal-ai/veo3.1', session: 'nightly' },
    { daysAgo: 2, model: 'fal-ai/flux-2-flex', session: 'day shift' },
  ])
  const other = await oldAccount(home, 'Owing')
  owing = (await issued(home, other, { scopes: SCOPES })).key
  await charge(
    home,
    other,
    SPENT.map((model) => ({ daysAgo: 1, model })),
    '1',
  )
  server = keep(await serveHttp(home))
  browser = keep(await openBrowser())
})

/** No fault for axe, and on a phone no text that leaves its box and no target that is too small. */
async function faultsOf(page: Page): Promise<string[]> {
  const broken = await violations(page)
  const size = page.viewportSize()
  await page.setViewportSize({ width: 320, height: 900 })
  const faults = [...(await layoutFaults(page)), ...(await smallTargets(page))]
  if (size !== null) await page.setViewportSize(size)
  return [...broken, ...faults]
}

/** What an event of Stripe does that tells of the refund of a whole payment. */
function* refundAtStripe(checkoutId: string): TransactionBody<boolean> {
  const [bought] = yield* query((db) =>
    db
      .selectFrom('purchase')
      .select(['id', 'version', 'credits'])
      .where('checkout_id', '=', checkoutId),
  )
  if (bought === undefined) throw new Error(checkoutId)
  const { id, version, credits } = bought
  return yield* clawBack({ id, version, target: credits, status: 'refunded' }, Date.now())
}

/** A person who clicks, and how often. */
function clicker() {
  let count = 0
  return {
    click: async (target: Locator) => {
      count += 1
      await target.click()
    },
    count: () => count,
  }
}

test('what did a model cost last week, and which session ate the budget: one click each', async () => {
  await using tab = await signedIn({ browser, server }, studio)
  const { page } = tab
  const first = clicker()
  await first.click(page.getByRole('link', { name: '7 days' }))
  await page.waitForURL(/range=7d/)
  expect(await page.locator('.legend li').first().innerText()).toMatch(/veo3\.1\s+\$1\.00 · 1 gen/)
  expect(first.count()).toBe(1)
  const second = clicker()
  await second.click(page.locator('#by-session'))
  await page.waitForURL(/by=session/)
  expect(await page.locator('.legend li').first().innerText()).toMatch(/nightly\s+\$1\.00/)
  expect(second.count()).toBe(1)
  expect(await faultsOf(page)).toEqual([])
})

test('why did the agent stop: no click; the same by itself, with its mark and its pages: two', async () => {
  await using agent = await connectPinned(server, studio)
  const args = { prompt: 'a harbour', model: 'fal-ai/flux-2-flex', numImages: 4 }
  await agent.call('generateImage', { ...args, imageSize: '2048x2048' })
  await using tab = await signedIn({ browser, server }, studio)
  const { page } = tab
  const panel = page.locator('#failures')
  await panel.getByText('key_budget_exceeded').waitFor()
  expect(await panel.locator('tbody tr').first().innerText()).toMatch(
    /[AP]M\s+generateImage\s+refused\s+flux-2-flex\s+key_budget_exceeded\s+.*costs \$/s,
  )
  expect(await page.locator('#bars .mark-failed').count()).toBe(1)
  expect(await page.locator('#bars a').last().getAttribute('aria-label')).toContain(
    '1 call refused or failed',
  )
  const { click, count } = clicker()
  await click(page.getByText('Filter', { exact: true }))
  await page.getByRole('combobox', { name: 'Kind' }).selectOption('failed')
  await click(page.getByRole('button', { name: 'Apply' }))
  await page.waitForURL(/kind=failed/)
  expect(await page.locator('.chip-sum').innerText()).toBe('1 call refused or failed')
  expect(await page.locator('#activity').count()).toBe(0)
  expect(count()).toBe(2)
  expect(await faultsOf(page)).toEqual([])
})

test('where is the picture of the fox: one click; what was made from it, and its refund, are told', async () => {
  await using agent = await connectPinned(server, studio)
  const id = async (name: string, args: object): Promise<string> => {
    const made = await agent.call(name, args)
    return (made.structuredContent as { id: string }).id
  }
  const fox = await id('generateImage', { prompt: 'a red fox', model: 'fal-ai/flux/schnell' })
  const cut = await id('removeBackground', { image: fox })
  await using tab = await signedIn({ browser, server }, studio)
  const { page } = tab
  const rows = page.locator('.activity tbody tr')
  expect(await rows.first().innerText()).toMatch(/removeBackground[^]*of “a red fox” · birefnet/)
  const { click, count } = clicker()
  await page.getByRole('searchbox').fill('fox')
  await page.keyboard.press('Enter')
  await page.locator('.found').waitFor()
  expect(await faultsOf(page)).toEqual([])
  await click(page.locator('.found a').first())
  await page.waitForURL(`${server.url}/g/${fox}`)
  expect(await page.locator('img.result').count()).toBe(1)
  expect(count()).toBe(1)
  await page.goto(`${server.url}/g/${cut}`)
  expect(await page.locator('#inputs a').innerText()).toContain('a red fox')
  expect(await page.locator('#inputs a').getAttribute('href')).toBe(`/g/${fox}`)
  await home.withLedger((db) =>
    db.write(() => refundOf({ accountId: account, id: cut }, Date.now())),
  )
  await page.reload()
  expect(await page.locator('#price').innerText()).toMatch(
    /Price: \$0\.00[^]*Charged; the hold ended[^]*-\$0\.005[^]*Refunded[^]*\+\$0\.005/,
  )
  expect(await faultsOf(page)).toEqual([])
})

test('pay, cancel, come back, receipt: four clicks; why do I owe $0.10: none', async () => {
  await using tab = await signedIn({ browser, server }, owing)
  const { page } = tab
  await page.route('https://checkout.stripe.com/**', (route) =>
    route.fulfill({ body: '<h1>Stripe</h1>', contentType: 'text/html' }),
  )
  const low = page.locator('#states')
  expect(await low.innerText()).toMatch(/Low balance \$0\.10 is available, less than \$1\.00\./)
  const { click, count } = clicker()
  const buy = page.locator('#buy').getByRole('button', { name: 'Buy credits' })
  await page.getByLabel('Amount in US dollars').fill('5')
  await click(buy)
  await page.getByRole('heading', { name: 'Stripe' }).waitFor()
  await page.goto(`${server.url}/billing/return?cancelled=${[...stripe.books.sessions.keys()][0]}`)
  expect(await faultsOf(page)).toEqual([])
  await page.goto(server.url)
  await click(page.locator('#purchases').getByRole('button', { name: 'Cancel' }))
  await page.getByText('The purchase is cancelled.').waitFor()
  expect(await faultsOf(page)).toEqual([])
  await page.getByLabel('Amount in US dollars').fill('5')
  await click(buy)
  await page.getByRole('heading', { name: 'Stripe' }).waitFor()
  const paid = [...stripe.books.sessions.keys()].at(-1) ?? ''
  stripe.pay(paid)
  await page.goto(`${server.url}/billing/return?checkout=${paid}`)
  expect(await page.innerText('main')).toContain('New balance: $5.10')
  expect(await faultsOf(page)).toEqual([])
  await click(page.getByRole('link', { name: 'Back to your usage' }))
  await page.locator('#purchases').getByRole('link', { name: 'Receipt' }).waitFor()
  expect(count()).toBe(4)

  await using agent = await connectPinned(server, owing)
  for (const prompt of ['one', 'two', 'three', 'four'])
    await agent.call('generateImage', { prompt, model: 'fal-ai/flux-2-flex' })
  await home.withLedger((db) => db.write(() => refundAtStripe(paid)))
  await page.goto(server.url)
  const debt = (await page.locator('#states').innerText()).replace(/\s+/g, ' ')
  expect(debt).toMatch(
    /^Debt of \$0\.10 The payment of \$5\.00 of \d{4}-\d\d-\d\d was refunded, so \$5\.00 of its credits was taken back\. More of them had been spent than was left\. Paid calls are refused until it is paid\. Buy credits; the next purchase pays the debt first\./,
  )
  expect(await page.locator('#states').getByRole('link', { name: 'Buy credits' }).count()).toBe(1)
  expect(await faultsOf(page)).toEqual([])
})
