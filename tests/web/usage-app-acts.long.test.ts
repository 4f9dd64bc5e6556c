import { expect, test } from 'vitest'
import { hostApp } from '../support/app-host.ts'
import { temporaryHome } from '../support/app.ts'
import { beforeTests } from '../support/before-tests.ts'
import { openBrowser, type TestBrowser } from '../support/browser.ts'
import { connectPinned, issued, serveHttp } from '../support/http.ts'
import type { HttpClient, HttpServer } from '../support/http.ts'
import { charge, oldAccount } from '../support/spending.ts'
import { VIEW_META, type UsageOverview, type ViewMeta } from '../../src/usage/overview.ts'

let server: HttpServer
let browser: TestBrowser
let client: HttpClient
let view: string

beforeTests(async (keep) => {
  const home = keep(temporaryHome({ INKWELL_MAX_USD_PER_RUN: '1' }))
  const account = await oldAccount(home, 'Studio')
  const { key } = await issued(home, account, { scopes: ['credits:read', 'credits:buy'] })
  await charge(home, account, [
    { daysAgo: 20, model: 'fal-ai/veo3.1' },
    { daysAgo: 2, model: 'fal-ai/flux-2-flex' },
    { daysAgo: 1, model: 'fal-ai/birefnet' },
  ])
  server = keep(await serveHttp(home))
  client = keep(await connectPinned(server, key))
  view = (await client.read('ui://inkwell/usage.html')).text ?? ''
  browser = keep(await openBrowser())
})

/** The address of the usage page that the server tells. */
const pageOf = (): string => `${server.url}/`

test('inline it shows balance, binding budget, days and the three latest with prompts; the rest on request', async () => {
  await using tab = await browser.tab({ viewport: { width: 480, height: 900 } })
  const { heard, notify } = await hostApp(tab.page, {
    view,
    context: { displayMode: 'inline', availableDisplayModes: ['inline', 'fullscreen'] },
  })
  const frame = tab.page.frameLocator('iframe')
  const result = (await client.call('checkUsage', { days: 30 })) as unknown as {
    structuredContent: UsageOverview
    _meta: Record<string, ViewMeta>
  }
  const { structuredContent, _meta } = result
  const { recent } = structuredContent
  expect(recent.map(({ type }) => type)).toEqual([
    'generation',
    'generation',
    'generation',
    'top_up',
  ])
  const about = Object.fromEntries(recent.map(({ id }, place) => [id, `a <b>fox</b> ${place}`]))
  const [latest] = recent
  await notify('ui/notifications/tool-result', {
    structuredContent: { ...structuredContent, recent: [latest, ...recent] },
    _meta: { [VIEW_META]: { ..._meta[VIEW_META], about } },
  })
  await frame.getByText('$1.00 left').waitFor()
  expect(await frame.locator('.bound').innerText()).toMatch(/^This session: \$1\.00 left/)
  expect(await frame.locator('.now').innerText()).toMatch(/^\$3\.94\s+available$/)
  expect(await frame.locator('.spark rect').count()).toBe(30)
  expect(await frame.locator('.latest .about-line').allInnerTexts()).toEqual([
    'a <b>fox</b> 0',
    'a <b>fox</b> 0',
    'a <b>fox</b> 1',
  ])
  expect(await frame.locator('#budgets').count()).toBe(0)
  await frame.getByRole('button', { name: 'Show all' }).click()
  await frame.locator('#budgets').waitFor()
  expect(await frame.locator('.activity').innerText()).toContain('a <b>fox</b> 1')
  const asked = (await heard()).filter(({ method }) => method === 'ui/request-display-mode')
  expect(asked.map(({ params }) => params)).toEqual([{ mode: 'fullscreen' }])
  await notify('ui/notifications/host-context-changed', { theme: 'dark' })
  expect(await frame.locator('#budgets').count()).toBe(1) // another theme closes nothing
  await notify('ui/notifications/host-context-changed', { displayMode: 'inline' })
  await frame.locator('#budgets').waitFor({ state: 'detached' })
  await notify('ui/notifications/host-context-changed', { displayMode: 'fullscreen' })
  await frame.locator('#budgets').waitFor()
  expect(tab.faults).toEqual([])
})

test('pages open through the host alone; one that refuses gets the address as text', async () => {
  await using tab = await browser.tab()
  const opened = await hostApp(tab.page, { view, links: 'opened' })
  const frame = tab.page.frameLocator('iframe')
  const result = await client.call('checkUsage', {})
  await opened.notify('ui/notifications/tool-result', result)
  await frame.getByRole('button', { name: 'Open usage page' }).click()
  await frame.getByRole('button', { name: 'Buy credits' }).click()
  await expect
    .poll(async () =>
      (await opened.heard()).flatMap(({ method, params }) =>
        method === 'ui/open-link' ? [params] : [],
      ),
    )
    .toEqual([{ url: pageOf() }, { url: `${pageOf()}buy` }])
  await using other = await browser.tab()
  const refused = await hostApp(other.page, { view, links: 'refused' })
  const second = other.page.frameLocator('iframe')
  await refused.notify('ui/notifications/tool-result', result)
  await second.getByRole('button', { name: 'Open usage page' }).click()
  await second.getByText(pageOf()).waitFor()
  await using third = await browser.tab()
  const deaf = await hostApp(third.page, { view })
  await deaf.notify('ui/notifications/tool-result', result)
  const shown = third.page.frameLocator('iframe')
  await shown.getByRole('button', { name: 'Show all' }).waitFor()
  expect(await shown.getByRole('button').allInnerTexts()).toEqual(['Show all'])
})

test('without a usage page, "Buy credits" starts a purchase through the host and opens its payment page', async () => {
  await using tab = await browser.tab()
  const bought: object[] = []
  const result = (await client.call('checkUsage', {})) as unknown as {
    _meta: Record<string, ViewMeta>
  }
  const withoutPage = {
    ...result,
    _meta: { [VIEW_META]: { ...result._meta[VIEW_META], usagePage: null } },
  }
  const { heard, notify } = await hostApp(tab.page, {
    view,
    links: 'opened',
    callTool: async (name, args) => {
      if (name === 'checkUsage') return withoutPage
      bought.push({ name, ...args })
      return bought.length === 1
        ? { structuredContent: { checkout: { url: 'https://pay.example.com/cs_1' } } }
        : { isError: true, content: [{ type: 'text', text: 'Three purchases are open.' }] }
    },
  })
  await notify('ui/notifications/tool-result', withoutPage)
  const frame = tab.page.frameLocator('iframe')
  const buy = frame.getByRole('button', { name: 'Buy credits' })
  await buy.click()
  await expect
    .poll(async () => (await heard()).find(({ method }) => method === 'ui/open-link')?.params)
    .toEqual({ url: 'https://pay.example.com/cs_1' })
  expect(bought).toEqual([{ name: 'buyCredits', amountUsd: 25 }])
  expect(await frame.getByRole('button', { name: 'Open usage page' }).count()).toBe(0)
  await buy.click()
  expect(await frame.getByRole('alert').innerText()).toBe('Three purchases are open.')
})

test('it takes colours, fonts and corners of its host, colours only all together', async () => {
  await using tab = await browser.tab()
  const { notify } = await hostApp(tab.page, {
    view,
    context: {
      styles: { variables: { ...COLOURS, '--font-sans': 'Courier', '--border-radius-md': '1px' } },
    },
  })
  await notify('ui/notifications/tool-result', await client.call('checkUsage', {}))
  const body = tab.page.frameLocator('iframe').locator('body')
  const look = await body.evaluate(`(() => {
    const { backgroundColor, color, fontFamily } = getComputedStyle(document.body)
    return [backgroundColor, color, fontFamily]
  })()`)
  expect(look).toEqual(['rgb(1, 2, 3)', 'rgb(250, 251, 252)', 'Courier'])
  await using other = await browser.tab()
  const { '--color-text-primary': _left, ...some } = COLOURS
  await hostApp(other.page, { view, context: { styles: { variables: some } } })
  const ground = await other.page
    .frameLocator('iframe')
    .locator('body')
    .evaluate('getComputedStyle(document.body).backgroundColor')
  expect(ground).toBe('rgb(246, 246, 243)')
})

const COLOURS = {
  '--color-background-primary': 'rgb(1, 2, 3)',
  '--color-background-secondary': 'rgb(20, 20, 20)',
  '--color-text-primary': 'rgb(250, 251, 252)',
  '--color-text-secondary': 'rgb(200, 200, 200)',
  '--color-border-secondary': 'rgb(40, 40, 40)',
  '--color-border-primary': 'rgb(90, 90, 90)',
}
