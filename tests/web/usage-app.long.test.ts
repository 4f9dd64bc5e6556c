import { expect, test } from 'vitest'
import { violations } from '../support/axe.ts'
import { hostApp } from '../support/app-host.ts'
import { openBrowser, type TestBrowser } from '../support/browser.ts'
import { layoutFaults, smallTargets } from '../support/geometry.ts'
import { connectHttp1, connectPinned, issued, serveHttp } from '../support/http.ts'
import type { HttpClient, HttpServer } from '../support/http.ts'
import { temporaryHome, type Home } from '../support/app.ts'
import { beforeTests } from '../support/before-tests.ts'
import { charge, oldAccount } from '../support/spending.ts'
import { money } from '../../src/money.ts'
import { roughly } from '../../src/web/views/format.ts'
import type { State } from '../../src/usage/states.ts'
import { VIEW_META, type UsageOverview } from '../../src/usage/overview.ts'

const VIEW = 'ui://inkwell/usage.html'

let home: Home
let server: HttpServer
let browser: TestBrowser
let client: HttpClient
let view: string
let viewOf2025: string | undefined

beforeTests(async (keep) => {
  home = keep(temporaryHome({ INKWELL_MAX_USD_PER_RUN: '1' }))
  const account = await oldAccount(home, 'Studio')
  const { key } = await issued(home, account)
  await charge(home, account, [
    { daysAgo: 20, model: 'fal-ai/veo3.1' },
    { daysAgo: 2, model: 'fal-ai/flux-2-flex' },
    { daysAgo: 1, model: 'fal-ai/birefnet' },
  ])
  server = keep(await serveHttp(home))
  client = keep(await connectPinned(server, key))
  view = (await client.read(VIEW)).text ?? ''
  browser = keep(await openBrowser())
  await using old = await connectHttp1(server, key)
  viewOf2025 = (await old.read(VIEW)).text
})

test('checkUsage names its view, which is one file that loads nothing', async () => {
  const { tools } = (await client.tools()) as { tools: { name: string; _meta?: object }[] }
  expect(tools.filter(({ _meta }) => _meta !== undefined)).toMatchObject([
    { name: 'checkUsage', _meta: { ui: { resourceUri: VIEW }, 'ui/resourceUri': VIEW } },
  ])
  expect((await client.read(VIEW)).mimeType).toBe('text/html;profile=mcp-app')
  expect(viewOf2025).toBe(view)
  expect(view).not.toMatch(/url\(|@import|\bfetch\(|XMLHttpRequest/)
  // Its script has the templates of the page, whose links and thumbnails it never renders: the next test sees no request.
  expect(view.replace(/<script[^]*<\/script>/, '')).not.toMatch(/\bsrc=|\bhref=/)
  expect(Buffer.byteLength(view)).toBeLessThan(100_000)
})

test('in a chat it shows what checkUsage answered, widened to 30 days through the host alone', async () => {
  await using tab = await browser.tab()
  const { page } = tab
  const asked: string[] = []
  page.on('request', (request) => void asked.push(request.url()))
  const { heard, notify } = await hostApp(page, {
    view,
    callTool: (name, args) => client.call(name, args),
  })
  const frame = page.frameLocator('iframe')
  await frame.getByText('Loading your usage…').waitFor()
  const result = await client.call('checkUsage', {})
  await notify('ui/notifications/tool-input', { arguments: {} })
  await notify('ui/notifications/tool-result', result)
  await frame.getByText('$1.055 in 30 days').waitFor()
  await frame.getByRole('button', { name: 'Show all' }).click()
  await frame.getByText('Last 30 days').waitFor()
  expect(await frame.locator('.bars .bar').count()).toBe(30)
  expect(await frame.locator('#chart-sum').innerText()).toBe(
    'Total $1.055, average $0.0352 per day',
  )
  expect(await frame.locator('#cards').innerText()).toContain('Exactly $3.945')
  expect(await frame.locator('#budgets').innerText()).toContain('$1.00 left')
  expect(await frame.locator('.activity tbody tr').count()).toBe(3)
  expect(await frame.locator('.activity tbody tr').first().innerText()).toMatch(
    /Tool: removeBackground\s+birefnet\s+Image Generation\s+-0\.005/,
  )
  const methods = (await heard()).map(({ method }) => method)
  expect(new Set(methods)).toEqual(
    new Set([
      'ui/initialize',
      'ui/notifications/initialized',
      'tools/call',
      'ui/notifications/size-changed',
    ]),
  )
  expect(asked.filter((url) => !url.startsWith('about:'))).toEqual([])
  expect(tab.faults).toEqual([])
})

test('a host that calls no tools still gets the view of its own result, and an error as one', async () => {
  await using tab = await browser.tab()
  const { notify } = await hostApp(tab.page, { view })
  const frame = tab.page.frameLocator('iframe')
  await notify('ui/notifications/tool-result', await client.call('checkUsage', { days: 7 }))
  await frame.getByText('$0.055 in 7 days').waitFor()
  expect(await frame.locator('.bars .bar').count()).toBe(7)
  await frame.getByRole('button', { name: 'Show all' }).click()
  await frame.getByText('Last 7 days').waitFor()
  const { structuredContent } = await client.call('checkUsage', { daily: true })
  await notify('ui/notifications/tool-result', { structuredContent }) // a host that drops _meta
  await frame.getByText('Usage Rate').waitFor({ state: 'detached' })
  expect(await frame.locator('.figure').allInnerTexts()).toEqual(['$3.94'])
  const failed = { isError: true, content: [{ type: 'text', text: '<b>No</b> such day' }] }
  await notify('ui/notifications/tool-result', failed)
  expect(await frame.getByRole('alert').innerText()).toBe('<b>No</b> such day')
  await notify('ui/notifications/tool-cancelled', { reason: 'user' })
  await frame.getByText('The call was cancelled.').waitFor()
  expect(tab.faults).toEqual([])
})

test.each(['light', 'dark'] as const)(
  'takes the %s theme of its host, without a fault for axe',
  async (theme) => {
    await using tab = await browser.tab({ colorScheme: theme === 'dark' ? 'light' : 'dark' })
    const { page } = tab
    const { notify } = await hostApp(page, {
      view,
      theme,
      callTool: (name, args) => client.call(name, args),
    })
    await notify('ui/notifications/tool-result', await client.call('checkUsage', {}))
    await page.frameLocator('iframe').getByText('in 30 days').waitFor()
    const ground = await page
      .frameLocator('iframe')
      .locator('body')
      .evaluate('getComputedStyle(document.body).backgroundColor')
    expect(ground).toBe(theme === 'dark' ? 'rgb(17, 19, 25)' : 'rgb(246, 246, 243)')
    for (const name of ['Show all', 'Show less']) {
      expect(await violations(page, 'iframe')).toEqual([])
      await page.frameLocator('iframe').getByRole('button', { name }).click()
    }
    if (process.env['SHOTS'] !== undefined)
      await page.screenshot({ path: `${process.env['SHOTS']}/app-${theme}.png`, fullPage: true })
  },
)

/** The state with the longest words. */
const STATE: State = {
  kind: 'debt',
  debt: 123_456_789,
  payment: { paid: 250_000_000, takenBack: 123_456_789, status: 'partially_refunded', at: 0 },
}

/** Spent this month, in micro-dollars. It comes in `_meta`. */
const USED = 1_234_567_891_234
const META = {
  [VIEW_META]: {
    used: USED,
    states: [STATE],
    usagePage: 'https://images.example.com/',
    buyUsd: 25,
  },
}

/** Figures and names as long as they get. */
const AT_LENGTH = {
  balance: { available: money(9_999_999_123_456), held: money(1_234_567), total: money(9) },
  lowBalance: true,
  session: {
    id: 'ses_1',
    spent: money(123_456_789_012),
    held: money(1_000_001),
    limit: money(999_999_999_999),
    remaining: money(876_543_210_987),
  },
}

test.each(
  (['light', 'dark'] as const).flatMap((theme) =>
    [320, 480, 800].map((width) => [theme, width] as const),
  ),
)('in the %s theme and %i px wide, nothing lies on anything else', async (theme, width) => {
  await using tab = await browser.tab({ viewport: { width, height: 900 } })
  const { page } = tab
  const { notify } = await hostApp(page, { view, theme, links: 'opened' })
  const shown = page.frameLocator('iframe')
  const root = shown.locator('html')
  const result = (await client.call('checkUsage', { days: 30, daily: true })) as unknown as {
    structuredContent: UsageOverview
  }
  const now = result.structuredContent
  const [charge] = now.recent
  const long = {
    ...now,
    ...AT_LENGTH,
    recent: ['fal-ai/kling-video/v2.5-turbo/pro/text-to-video', `acme/${'m'.repeat(90)}`].map(
      (model, at) => ({
        ...charge,
        model,
        cost: money(123_456_789 * 10 ** at),
        billing: at === 0 ? 'credits' : 'own_key',
        status: at === 0 ? 'refunded' : 'completed',
      }),
    ),
  }
  for (const structuredContent of [now, long]) {
    await notify('ui/notifications/tool-result', { structuredContent, _meta: META })
    await shown
      .locator('.figure', {
        hasText: roughly(structuredContent.balance.available.micro, 'balance'),
      })
      .waitFor()
    if (process.env['SHOTS'] !== undefined)
      await page.screenshot({
        path: `${process.env['SHOTS']}/app-${theme}-${width}${structuredContent === long ? '-long' : ''}.png`,
        fullPage: true,
      })
    const height = await root.evaluate('document.documentElement.getBoundingClientRect().height')
    expect.soft(height).toBeLessThanOrEqual(400)
    expect.soft(await layoutFaults(root)).toEqual([])
    expect.soft(await smallTargets(root)).toEqual([])
    expect.soft(await shown.locator('.latest li').count()).toBe(structuredContent === long ? 2 : 3)
    await shown.getByRole('button', { name: 'Show all' }).click()
    expect.soft(await shown.locator('.figure').nth(1).innerText()).toBe(roughly(USED))
    expect.soft(await layoutFaults(root)).toEqual([])
    await shown.getByText('Show the days as a table').click()
    expect.soft(await layoutFaults(root)).toEqual([])
    await shown.getByRole('button', { name: 'Show less' }).click()
  }
  const text = `The usage of acct_${'0'.repeat(60)} could not be read.`
  await notify('ui/notifications/tool-result', { isError: true, content: [{ type: 'text', text }] })
  await shown.getByRole('alert').waitFor()
  expect(await layoutFaults(root)).toEqual([])
  expect(tab.faults).toEqual([])
})
