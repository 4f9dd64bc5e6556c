import { readFileSync } from 'node:fs'
import type { Download, Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { createAccount } from '../../src/accounts/accounts.ts'
import { bindMode } from '../../src/ledger/metadata.ts'
import type { Home } from '../support/app.ts'
import { violations } from '../support/axe.ts'
import { beforeTests } from '../support/before-tests.ts'
import { openBrowser, type TestBrowser } from '../support/browser.ts'
import { connectV2, type ToolResult } from '../support/clients.ts'
import { startFalEmulator, type FalEmulator } from '../services/fal/emulator.ts'
import {
  connectPinned,
  issued,
  serveHttp,
  type HttpClient,
  type HttpServer,
} from '../support/http.ts'
import { answering, KIND_CASES, publishPhoto, shownOf } from '../support/live-kinds.ts'
import { liveHome } from '../support/live.ts'
import { signedIn } from '../support/page.ts'

/** What no browser may run. */
const PAGE = '<!doctype html><script>fetch("/v1/credits")</script>'

let fal: FalEmulator
let home: Home
let server: HttpServer
let agent: HttpClient
let browser: TestBrowser
let key: string

beforeTests(async (keep) => {
  fal = keep(await startFalEmulator({ models: { 'acme/page': answering({ output: PAGE }) } }))
  home = keep(liveHome(fal))
  await publishPhoto(fal, home)
  const account = await home.withLedger(async (db) => {
    await db.write(() => bindMode('live'))
    return (await db.write(() => createAccount('Ada', Date.now()))).id
  })
  key = (await issued(home, account)).key
  server = keep(await serveHttp(home))
  agent = keep(await connectPinned(server, key))
  browser = keep(await openBrowser())
})

type Output = { assetId: string; path: string | null; url: string | null }
const outputOf = ({ structuredContent }: ToolResult): Output =>
  (structuredContent as { outputs: [Output] }).outputs[0]

test.each(KIND_CASES)('$what on stdio is a path, with its type and size', async (one) => {
  await using client = await connectV2(home)
  const { model, input } = one
  const result = await client.call('run', { model, input })
  expect(result.isError ?? false).toBe(false)
  const output = outputOf(result)
  expect(output).toMatchObject({
    ...shownOf(one),
    path: expect.stringMatching(`\\.${one.extension}$`),
  })
  expect(readFileSync(output.path ?? '').equals(one.bytes)).toBe(true)
  expect(result.content.map(({ type }) => type)).not.toContain('image')
  expect(result.content[0]?.text).toContain(`(${one.words}, ${output.assetId})`)
  const view = await client.call('viewImage', { id: output.assetId })
  expect(view.isError).toBe(true)
  expect(view.content[0]?.text).toContain(
    `has no picture to show. Open the file itself: ${output.path}`,
  )
})

test.each(KIND_CASES)('$what over HTTP is told and served as what it is, safely', async (one) => {
  const { model, input } = one
  const result = await agent.call('run', { model, input })
  const { assetId, url } = outputOf(result)
  expect(result.content[0]?.text).toContain(one.words)
  const told = await server.json(`/v1/generations/${String(result.structuredContent?.['id'])}`, key)
  expect(told.body).toMatchObject({
    status: 'completed',
    cost: { micro: one.cost },
    outputs: [{ assetId, ...shownOf(one) }],
  })
  for (const file of [await server.get(`/v1/assets/${assetId}`, key), await fetch(url ?? '')]) {
    expect(file.status).toBe(200)
    expect(Object.fromEntries(file.headers)).toMatchObject({
      'content-type': one.mimeType === 'text/plain' ? 'text/plain; charset=utf-8' : one.mimeType,
      'content-length': `${one.bytes.length}`,
      'x-content-type-options': 'nosniff',
      'content-security-policy': 'sandbox',
      'content-disposition': `${one.isShown ? 'inline' : 'attachment'}; filename="${assetId}.${one.extension}"`,
    })
    expect(Buffer.from(await file.arrayBuffer()).equals(one.bytes)).toBe(true)
  }
  const { mimeType, blob = '' } = await agent.read(`inkwell://assets/${assetId}`)
  expect(mimeType).toBe(one.mimeType)
  expect(Buffer.from(blob, 'base64').equals(one.bytes)).toBe(true)
})

test('the page names each file with its type and size, and a browser runs none of them', async () => {
  await using tab = await signedIn({ browser, server }, key)
  const { page } = tab
  const shown = await page.locator('.outputs li').allInnerTexts()
  for (const one of KIND_CASES) {
    expect(shown.join('\n')).toContain(one.words)
    expect(shown.some((text) => text.startsWith(one.extension.toUpperCase()))).toBe(true)
  }
  expect(await page.locator('.outputs img').count()).toBe(0) // a drawing is not drawn here
  await page.locator('.outputs a', { hasText: 'SVG' }).first().click()
  await page.waitForURL('**/g/gen_*')
  expect(await page.locator('.made img').count()).toBe(0)
  expect((await downloaded(page)).suggestedFilename()).toMatch(/^asset_\w+\.svg$/)
  expect(await violations(page)).toEqual([])
  expect(tab.faults).toEqual([])
})

/** Clicks "Download" on the page of a generation. */
async function downloaded(page: Page): Promise<Download> {
  const download = page.waitForEvent('download')
  await page.getByRole('link', { name: 'Download' }).click()
  return await download
}

test('what nobody could be shown safely has no thumbnail', async () => {
  await using tab = await signedIn({ browser, server }, key)
  for (const id of await tab.page
    .locator('.outputs a')
    .evaluateAll((links) => links.map((link) => link.id))) {
    const address = `${server.url}/page/thumbnails/${id.replace('output-', '')}`
    expect((await tab.page.request.get(address)).status()).toBe(404)
  }
})

test('a page that a model wrote is delivered and never opened', async () => {
  const result = await agent.call('run', { model: 'acme/page', input: {} })
  const { url } = outputOf(result)
  expect(result.content[0]?.text).toContain(`text/html, ${PAGE.length} bytes`)
  const { headers } = await fetch(url ?? '')
  expect(headers.get('content-disposition')).toMatch(/^attachment; .*\.html"$/)
  expect(headers.get('content-security-policy')).toBe('sandbox')
  await using tab = await signedIn({ browser, server }, key)
  await tab.page.locator('.outputs a', { hasText: 'text/html' }).click()
  expect(readFileSync(await (await downloaded(tab.page)).path(), 'utf8')).toBe(PAGE)
  expect(
    tab.page
      .context()
      .pages()
      .map((page) => page.url()),
  ).not.toContain(url)
})
