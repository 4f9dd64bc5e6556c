import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import {
  Client as Client2,
  StreamableHTTPClientTransport as Http2,
} from '@modelcontextprotocol/client'
import { Client as Client1 } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport as Http1 } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import { expect } from 'vitest'
import { SCOPES } from '../../src/accounts/scopes.ts'
import { approve } from '../support/approve.ts'
import { violations } from '../support/axe.ts'
import { openBrowser } from '../support/browser.ts'
import { withConnectors } from '../support/connectors.ts'
import { layoutFaults } from '../support/geometry.ts'
import { FILE, keep } from '../support/with-server.ts'

const test = withConnectors()
  .extend('browser', FILE, async ({ home: _home }, fixture) => keep(await openBrowser(), fixture))
  .extend('buyer', FILE, async ({ keyFor }) => (await keyFor('Buyer', { scopes: SCOPES })).key)

/** A program on the person's machine that waits for the callback, and what the SDKs ask of it. */
async function host() {
  const callbacks = Promise.withResolvers<URLSearchParams>()
  const http = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://127.0.0.1')
    if (pathname === '/callback') callbacks.resolve(searchParams)
    response.end('You can close this page.')
  }).listen(0, '127.0.0.1')
  await once(http, 'listening')
  const redirectUrl = `http://127.0.0.1:${(http.address() as AddressInfo).port}/callback`
  const kept: { client?: never; tokens?: never; verifier?: string; url?: URL } = {}
  const provider = {
    redirectUrl,
    clientMetadata: { client_name: 'A real SDK', redirect_uris: [redirectUrl] },
    clientInformation: () => kept.client,
    saveClientInformation: (client: unknown) => void (kept.client = client as never),
    tokens: () => kept.tokens,
    saveTokens: (tokens: unknown) => void (kept.tokens = tokens as never),
    redirectToAuthorization: (url: URL) => void (kept.url = url),
    saveCodeVerifier: (verifier: string) => void (kept.verifier = verifier),
    codeVerifier: () => kept.verifier ?? '',
  }
  return {
    provider,
    /** Where the SDK sent the person last. */
    asked: () => kept.url?.href ?? '',
    token: () => (kept.tokens as { access_token?: string } | undefined)?.access_token ?? '',
    forgetAccess: () => {
      kept.tokens = {
        ...(kept.tokens as object | undefined),
        access_token: 'a'.repeat(43),
      } as never
    },
    answered: callbacks.promise,
    [Symbol.dispose]: () => void http.close(),
  }
}

const IDENTITY = { name: 'inkwell-tests', version: '1.0.0' }

const SDKS = [
  {
    sdk: 'SDK 1.x',
    // It asks for new tokens with the old scopes instead, and then gives up.
    asksForMore: false,
    open: (url: URL, authProvider: unknown) => {
      const client = new Client1(IDENTITY)
      const transport = new Http1(url, { authProvider: authProvider as never })
      return {
        connect: () => client.connect(transport),
        finish: (callback: URLSearchParams) => transport.finishAuth(callback.get('code') ?? ''),
        call: (name: string, args: Record<string, unknown>) =>
          client.callTool({ name, arguments: args }),
        close: () => client.close(),
      }
    },
  },
  {
    sdk: 'SDK 2.x',
    asksForMore: true,
    open: (url: URL, authProvider: unknown) => {
      const client = new Client2(IDENTITY)
      const transport = new Http2(url, { authProvider: authProvider as never })
      return {
        connect: () => client.connect(transport),
        finish: (callback: URLSearchParams) => transport.finishAuth(callback),
        call: (name: string, args: Record<string, unknown>) =>
          client.callTool({ name, arguments: args }),
        close: () => client.close(),
      }
    },
  },
] as const

test.for(SDKS)(
  '$sdk signs in, works, refreshes and asks for more',
  async ({ open, asksForMore }, { server, browser, buyer }) => {
    using program = await host()
    const url = new URL('/mcp', server.url)
    const first = open(url, program.provider)
    await expect(first.connect()).rejects.toThrow(/unauthorized/i)
    await using tab = await browser.tab()
    await approve(tab.page, program.asked(), buyer)
    await tab.page.getByText('You can close this page').waitFor()
    await first.finish(await program.answered)
    const second = open(url, program.provider)
    await second.connect()
    const made = await second.call('generateImage', { prompt: 'fog', model: 'local/draft' })
    expect(made.isError).toBeFalsy()
    const old = program.token()
    program.forgetAccess() // as after an hour
    expect((await second.call('checkUsage', {})).isError).toBeFalsy()
    expect(program.token()).not.toBe(old)
    await expect(second.call('buyCredits', { amountUsd: 5 })).rejects.toThrow(
      /unauthorized|scope|401|403/i,
    )
    const scope = new URL(program.asked()).searchParams.get('scope')
    expect(scope?.includes('credits:buy')).toBe(asksForMore)
    await second.close()
    expect(tab.faults).toEqual([])
  },
)

const VIEWS = [
  { colorScheme: 'light', width: 900 },
  { colorScheme: 'dark', width: 900 },
  { colorScheme: 'light', width: 360 },
  { colorScheme: 'dark', width: 320 },
] as const

test.for(VIEWS)(
  'the question can be read by anyone: $colorScheme, $width px',
  async (view, { server, browser, key }) => {
    using program = await host()
    const { open } = SDKS[0]
    await expect(open(new URL('/mcp', server.url), program.provider).connect()).rejects.toThrow(
      /unauthorized|scope|401|403/i,
    )
    const { colorScheme, width } = view
    await using tab = await browser.tab({ colorScheme, viewport: { width, height: 900 } })
    const { page } = tab
    await page.goto(program.asked())
    expect([await violations(page), await layoutFaults(page)]).toEqual([[], []])
    await page.locator('[name=key]').fill(key)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.locator('[name=day]').fill('five')
    await page.getByRole('button', { name: 'Approve' }).click()
    await page.getByText('no amount of US dollars').waitFor()
    expect([await violations(page), await layoutFaults(page)]).toEqual([[], []])
    if (process.env.SHOTS !== undefined)
      await page.screenshot({
        path: `${process.env.SHOTS}/consent-${colorScheme}-${width}.png`,
        fullPage: true,
      })
    await page.locator('[name=day]').fill('0.25')
    await page.getByRole('button', { name: 'Approve' }).click()
    await page.getByText('You can close this page').waitFor()
    await page.goto(server.url)
    const panel = page.locator('#connections')
    await panel.getByText('$0.25 a day').first().waitFor()
    await panel.getByText('Change the limits').first().click()
    expect([await violations(page), await layoutFaults(page)]).toEqual([[], []])
    if (process.env.SHOTS !== undefined)
      await panel.screenshot({ path: `${process.env.SHOTS}/panel-${colorScheme}-${width}.png` })
    expect(tab.faults).toEqual([])
  },
)

test('the page changes and ends a connection', async ({ server, browser, key }) => {
  using program = await host()
  const url = new URL('/mcp', server.url)
  const { open } = SDKS[0]
  const first = open(url, program.provider)
  await expect(first.connect()).rejects.toThrow(/unauthorized|scope|401|403/i)
  await using tab = await browser.tab()
  const { page } = tab
  await approve(page, program.asked(), key)
  await page.getByText('You can close this page').waitFor()
  await first.finish(await program.answered)
  const client = open(url, program.provider)
  await client.connect()
  await page.goto(server.url)
  const latest = page.locator('#connections li').first()
  await latest.getByText('Change the limits').click()
  await latest.locator('[name=day]').fill('0')
  await latest.getByRole('button', { name: /^Save/ }).click()
  await page.locator('#connections').getByText('$0.00 a day').waitFor()
  const dear = await client.call('generateImage', { prompt: 'fog' })
  expect(dear.structuredContent).toMatchObject({ error: { code: 'key_budget_exceeded' } })
  await page.locator('#connections li').first().getByRole('button', { name: /^End/ }).click()
  await page.getByText('It holds from the next call on.').waitFor()
  await expect(client.call('checkUsage', {})).rejects.toThrow(/grant request is invalid/)
  expect(tab.faults).toEqual([])
})
