import type { BrowserContextOptions, Page } from 'playwright-core'
import { SCOPES } from '../../src/accounts/scopes.ts'
import { temporaryHome, type Home } from './app.ts'
import { openBrowser, type Tab, type TestBrowser } from './browser.ts'
import { issued, serveHttp, type HttpServer, type Issued } from './http.ts'
import { charge, oldAccount, type Charge } from './spending.ts'

/** An account with two keys and 34 charges of the last three weeks, served, and a browser to look at it. */
export type Studio = AsyncDisposable & {
  home: Home
  server: HttpServer
  browser: TestBrowser
  account: string
  key: Issued
  second: Issued
  /** Ids of sessions by their names. */
  sessions: Map<string, string>
}

export async function openStudio(): Promise<Studio> {
  const home = temporaryHome()
  const account = await oldAccount(home, 'Studio <b>Harbour</b>')
  const key = await issued(home, account, {
    name: 'first',
    scopes: SCOPES,
    caps: { day: 3_000_000 },
  })
  const second = await issued(home, account, { name: 'second' })
  const sessions = await charge(home, account, [
    ...many(9, { daysAgo: 20, model: 'fal-ai/birefnet', keyId: second.id, session: 'cut-outs' }),
    ...many(4, { daysAgo: 3, model: 'minimax/speech-02-hd', keyId: second.id }),
    ...many(21, { daysAgo: 1, model: 'fal-ai/flux/schnell', keyId: key.id }),
  ])
  const server = await serveHttp(home)
  const browser = await openBrowser()
  return {
    home,
    server,
    browser,
    account,
    key,
    second,
    sessions,
    [Symbol.asyncDispose]: async () => {
      await browser[Symbol.asyncDispose]()
      await server[Symbol.asyncDispose]()
      home[Symbol.dispose]()
    },
  }
}

const many = (count: number, one: Charge): Charge[] => Array.from({ length: count }, () => one)

/** Opens the usage page in a window of its own and signs in with a key. */
export async function signedIn(
  { browser, server }: Pick<Studio, 'browser' | 'server'>,
  key: string,
  options: BrowserContextOptions = {},
): Promise<Tab> {
  const tab = await browser.tab(options)
  await tab.page.goto(server.url)
  await tab.page.getByLabel('API key').fill(key)
  await tab.page.getByRole('button', { name: 'Sign in' }).click()
  await tab.page.getByRole('heading', { name: 'Usage', exact: true }).waitFor()
  return tab
}

/** The activity that is shown: its cells, row by row, without the spaces that align them. */
export async function activityOf(page: Page): Promise<string[][]> {
  return await page
    .locator('.activity tbody tr')
    .evaluateAll((rows) =>
      rows.map((row) =>
        [...row.querySelectorAll('td')].map((cell) =>
          (cell.textContent ?? '').replace(/\s+/g, ' ').trim(),
        ),
      ),
    )
}

/** The figure of a card. */
export async function figureOf(page: Page, card: string): Promise<string> {
  return await page
    .locator('.card', { has: page.getByRole('heading', { name: card }) })
    .locator('.figure')
    .innerText()
}
