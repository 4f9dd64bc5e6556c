import { afterAll, beforeAll, expect, test } from 'vitest'
import { violations } from '../support/axe.ts'
import { SCOPES } from '../../src/accounts/scopes.ts'
import { temporaryHome, type Home } from '../support/app.ts'
import { openBrowser, type TestBrowser } from '../support/browser.ts'
import { layoutFaults } from '../support/geometry.ts'
import {
  connectPinned,
  issued,
  openedAccount,
  serveHttp,
  type HttpServer,
} from '../support/http.ts'
import { signedIn } from '../support/page.ts'
import { startStripeEmulator, type StripeEmulator } from '../services/stripe/emulator.ts'

let home: Home
let stripe: StripeEmulator
let server: HttpServer
let browser: TestBrowser
let key: string
let other: string

beforeAll(async () => {
  stripe = await startStripeEmulator()
  home = temporaryHome({ STRIPE_SECRET_KEY: stripe.key, INKWELL_STRIPE_BASE_URL: stripe.url })
  const account = await openedAccount(home, 'Studio')
  key = (await issued(home, account, { scopes: SCOPES, caps: { day: 90_000 } })).key
  other = (await issued(home, await openedAccount(home, 'Other'), { scopes: SCOPES })).key
  server = await serveHttp(home)
  browser = await openBrowser()
})

afterAll(async () => {
  await browser[Symbol.asyncDispose]()
  await server[Symbol.asyncDispose]()
  await stripe[Symbol.asyncDispose]()
  home[Symbol.dispose]()
})

const shots = process.env['SHOTS']

test('a refused amount stands at its field; a purchase is continued, cancelled, and paid with its receipt', async () => {
  await using tab = await signedIn({ browser, server }, key)
  const { page } = tab
  await page.route('https://checkout.stripe.com/**', (route) =>
    route.fulfill({ body: '<h1>Stripe</h1>', contentType: 'text/html' }),
  )
  const buy = async (amount: string): Promise<void> => {
    await page.locator('#buy form').evaluate((form) => form.setAttribute('novalidate', ''))
    await page.getByLabel('Amount in US dollars').fill(amount)
    await page.locator('#buy').getByRole('button', { name: 'Buy credits' }).click()
  }
  await buy('4')
  await page.locator('#buy-problem', { hasText: 'Minimum purchase is $5.' }).waitFor()
  const field = page.getByLabel('Amount in US dollars')
  expect(await field.inputValue()).toBe('4')
  expect(await field.getAttribute('aria-invalid')).toBe('true')
  expect(new URL(page.url()).pathname).toBe('/')
  await page.locator('#live', { hasText: 'Live' }).waitFor()
  if (shots) await page.screenshot({ path: `${shots}/problem.png`, fullPage: true })

  await buy('50')
  await page.getByRole('heading', { name: 'Stripe' }).waitFor()
  await page.goto(server.url)
  await page.locator('#purchases').getByRole('link', { name: 'Continue' }).click()
  await page.getByRole('heading', { name: 'Stripe' }).waitFor()
  await page.goto(server.url)
  await page.locator('#purchases').getByRole('button', { name: 'Cancel' }).click()
  await page.getByText('The purchase is cancelled.').waitFor()
  expect([...stripe.books.sessions.values()].map(({ status }) => status)).toEqual(['expired'])

  await buy('25')
  await page.getByRole('heading', { name: 'Stripe' }).waitFor()
  const id = [...stripe.books.sessions.keys()].at(-1) ?? ''
  stripe.pay(id)
  await page.goto(`${server.url}/billing/return?checkout=${id}`)
  const said = await page.innerText('main')
  expect(said).toContain('$25.00 was paid and brought $25.00 of credits')
  expect(said).toContain('New balance: $30.00')
  await page.getByRole('link', { name: 'Back to your usage' }).click()
  const receipt = page.locator('#purchases').getByRole('link', { name: 'Receipt' })
  expect(await receipt.getAttribute('href')).toMatch(/^https:\/\/pay\.stripe\.com\/receipts\//)
  expect(stripe.mistakes).toEqual([])
})

test.each(['light', 'dark'] as const)(
  'a generation has a page of its own, in %s',
  async (colorScheme) => {
    await using agent = await connectPinned(server, key)
    const args = { prompt: `a red fox in ${colorScheme} snow`, seed: 7 }
    const made = await agent.call('generateImage', { ...args, model: 'fal-ai/flux/schnell' })
    const { id } = made.structuredContent as { id: string }
    const refused = await agent.call('generateImage', {
      ...args,
      numImages: 4,
      model: 'fal-ai/flux-2-flex',
    })
    expect(refused.isError).toBe(true)
    await using tab = await signedIn({ browser, server }, key, { colorScheme })
    const { page } = tab
    expect(await page.locator('#failures').innerText()).toContain('key_budget_exceeded')
    await page.getByRole('searchbox').fill(`fox ${colorScheme}`)
    await page.keyboard.press('Enter')
    await page.locator('.found a').first().click()
    await page.waitForURL(`${server.url}/g/${id}`)
    const text = await page.innerText('main')
    for (const part of [args.prompt, '7', 'Charged', 'Held before the work began', id])
      expect(text).toContain(part)
    expect(
      await page
        .locator('img.result')
        .evaluate((img) => (img as unknown as { naturalWidth: number }).naturalWidth),
    ).toBeGreaterThan(50)
    expect(await page.getByRole('button', { name: 'Copy prompt' }).isVisible()).toBe(true)
    for (const width of [320, 768, 1280]) {
      await page.setViewportSize({ width, height: 900 })
      expect(await layoutFaults(page)).toEqual([])
      if (shots)
        await page.screenshot({ path: `${shots}/g-${colorScheme}-${width}.png`, fullPage: true })
    }
    expect(await violations(page)).toEqual([])
    await page.goto(server.url)
    if (shots) await page.screenshot({ path: `${shots}/usage-${colorScheme}.png`, fullPage: true })
    expect(await layoutFaults(page)).toEqual([])
    expect(await violations(page)).toEqual([])
    expect(tab.faults).toEqual([])
    await using foreign = await signedIn({ browser, server }, other)
    const bodies = []
    for (const name of [id, 'gen_unknown']) {
      const answer = await foreign.page.request.get(`${server.url}/g/${name}`)
      expect(answer.status()).toBe(404)
      bodies.push(await answer.text())
    }
    expect(bodies[0]).toBe(bodies[1])
  },
)
