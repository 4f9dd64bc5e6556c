import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { readFileSync, statSync } from 'node:fs'
import { extname, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { violations } from '../support/axe.ts'
import { openBrowser, type TestBrowser } from '../support/browser.ts'
import { ROOT, run } from './packed.ts'

/** The site as GitHub Pages serves it: below the name of the project, pages without their ending. */
const BASE = '/inkwell/'
const FOLDER = join(ROOT, 'site/dist')
const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css',
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.webp': 'image/webp',
  '.woff2': 'font/woff2',
}

const http = createServer((request, response) => {
  const { pathname } = new URL(request.url ?? '', 'http://127.0.0.1')
  const path = pathname.startsWith(BASE) ? decodeURIComponent(pathname.slice(BASE.length)) : '404'
  const files = [path, `${path}.html`, `${path}index.html`].map((name) => join(FOLDER, name))
  const file = files.find((name) => statSync(name, { throwIfNoEntry: false })?.isFile())
  if (file === undefined) return void response.writeHead(404).end()
  const type = TYPES[extname(file)] ?? 'application/octet-stream'
  response.writeHead(200, { 'content-type': type }).end(readFileSync(file))
})

let browser: TestBrowser
let url: string
beforeAll(async () => {
  await run('npm', ['run', 'site']) // which fails for a link that leads nowhere
  http.listen(0, '127.0.0.1')
  await once(http, 'listening')
  url = `http://127.0.0.1:${(http.address() as AddressInfo).port}${BASE}`
  browser = await openBrowser()
}, 300_000)
afterAll(async () => {
  await browser[Symbol.asyncDispose]()
  http.close()
})

test.for([
  { colorScheme: 'light', width: 1280 },
  { colorScheme: 'dark', width: 1280 },
  { colorScheme: 'light', width: 360 },
  { colorScheme: 'dark', width: 360 },
] as const)(
  'pages of the site can be read by anyone: $colorScheme, $width px',
  async ({ colorScheme, width }) => {
    await using tab = await browser.tab({ colorScheme, viewport: { width, height: 900 } })
    for (const path of ['', 'docs/connectors']) {
      await tab.page.goto(`${url}${path}`, { waitUntil: 'networkidle' })
      expect(await violations(tab.page)).toEqual([])
    }
    expect(tab.faults).toEqual([])
  },
)

test('the search finds a page on this machine alone', async () => {
  await using tab = await browser.tab()
  await tab.page.goto(url, { waitUntil: 'networkidle' })
  await tab.page.keyboard.press('Control+k')
  await tab.page.getByRole('searchbox').fill('refresh token')
  await tab.page.locator('.VPLocalSearchBox').getByText('Connectors').first().click()
  await tab.page.waitForURL(`${url}docs/connectors**`)
  await tab.page.getByRole('heading', { level: 1, name: 'Connectors' }).waitFor()
  expect(tab.faults).toEqual([])
})
