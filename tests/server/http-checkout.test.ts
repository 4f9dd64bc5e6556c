import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import { describe, expect, test } from 'vitest'
import { inkwell, temporaryHome, type Home } from '../support/app.ts'
import { beforeTests } from '../support/before-tests.ts'
import {
  bearer,
  issued,
  openedAccount,
  serveHttp,
  type HttpServer,
  type Json,
} from '../support/http.ts'
import { press } from '../support/test-checkout.ts'

type Shown = { checkout: { id: string; url: string | null; status: string } }

let home: Home
let server: HttpServer

beforeTests(async (keep) => {
  home = keep(temporaryHome())
  server = keep(await serveHttp(home))
})

/** A new account with a key that may buy. */
async function buyer(): Promise<string> {
  const account = await openedAccount(home, 'buyer')
  return (await issued(home, account, { scopes: ['credits:buy', 'credits:read'] })).key
}

async function post(key: string, body: unknown, headers: Record<string, string> = {}) {
  const answer = await fetch(`${server.url}/v1/checkout`, {
    method: 'POST',
    headers: { ...bearer(key), 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  })
  return { status: answer.status, body: (await answer.json()) as Json & Shown }
}

test('a purchase over REST: opened, paid on its page, read back, on the balance and in the invoices', async () => {
  const key = await buyer()
  const { status, body } = await post(key, { amount_usd: 50 })
  expect(status).toBe(200)
  expect(body).toMatchObject({ checkout: { status: 'pending' }, credits: { display: '$55.00' } })
  const { id, url } = body.checkout
  expect(url?.startsWith(`${server.url}/test-checkout/`)).toBe(true)
  expect(await press(url ?? '', 'pay')).toContain('Payment received')
  expect((await server.json(`/v1/checkout/${id}`, key)).body).toMatchObject({
    checkout: { status: 'completed', url: null, expiresAt: null },
  })
  expect((await server.json('/v1/credits', key)).body).toMatchObject({
    balance: { micro: 60_000_000 },
  })
  const { body: listed } = await server.json('/billing/invoices?limit=1&offset=0', key)
  expect(listed).toEqual({
    success: true,
    data: [
      {
        id: expect.stringMatching(/^pur_/),
        amount: 50,
        currency: 'usd',
        status: 'paid',
        pdf_url: null,
        created_at: expect.stringMatching(/Z$/),
        date: expect.stringMatching(/^\d{4}-\d\d-\d\d$/),
      },
    ],
  })
  const { body: next } = await server.json('/billing/invoices?offset=1', key)
  expect(next).toEqual({ success: true, data: [] })
})

test('one Idempotency-Key is one purchase; another amount under it is a conflict', async () => {
  const key = await buyer()
  const once = { 'idempotency-key': 'order-1' }
  const [first, second] = [
    await post(key, { amount_usd: 5 }, once),
    await post(key, { amount_usd: 5 }, once),
  ]
  expect(second.body).toEqual(first.body)
  expect(await post(key, { amount_usd: 6 }, once)).toMatchObject({ status: 409 })
  const other = await post(key, { amount_usd: 5 }, { 'idempotency-key': 'order-2' })
  expect(other.body.checkout.id).not.toBe(first.body.checkout.id)
})

test.each([4.99, 0, -5, 10_000.01, 5.001, '50', null, 1e300])(
  'an amount of %s is refused',
  async (amount_usd) => {
    const { status, body } = await post(await buyer(), { amount_usd })
    expect(status).toBe(400)
    expect(body).toMatchObject({ success: false, error: { code: 'invalid_input' } })
  },
)

test('a key without the scope opens nothing, and another account sees nothing', async () => {
  const account = await openedAccount(home, 'reader')
  const { key } = await issued(home, account)
  expect(await post(key, { amount_usd: 5 })).toMatchObject({ status: 403 })
  const { body } = await post(await buyer(), { amount_usd: 5 })
  expect(await server.json(`/v1/checkout/${body.checkout.id}`, key)).toMatchObject({ status: 404 })
  expect(await server.json('/billing/invoices', key)).toMatchObject({ body: { data: [] } })
  expect(await server.json('/billing/invoices?limit=0', key)).toMatchObject({ status: 400 })
})

test('a page of the test checkout says what it is, runs nothing and can be framed by nobody', async () => {
  const { body } = await post(await buyer(), { amount_usd: 5 })
  const page = await fetch(body.checkout.url ?? '')
  const text = await page.text()
  expect(text).toContain('TEST MONEY')
  expect(text).not.toContain('<script')
  const policy = page.headers.get('content-security-policy') ?? ''
  expect(policy).toBe(
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
  )
  const style = /href="(\/page\/style-[^"]+\.css)"/.exec(text)?.[1] ?? ''
  expect((await server.get(style)).headers.get('content-type')).toContain('text/css')
  expect(page.headers.get('cache-control')).toBe('no-store')
})

test('a payment needs the secret address, and a page of another site cannot pay', async () => {
  const key = await buyer()
  const { body } = await post(key, { amount_usd: 5 })
  const url = body.checkout.url ?? ''
  const pay = (address: string, origin: string) =>
    fetch(address, {
      method: 'POST',
      body: new URLSearchParams({ do: 'pay' }),
      headers: { origin },
    })
  expect((await pay(`${server.url}/test-checkout/${body.checkout.id}`, server.url)).status).toBe(
    404,
  )
  expect((await pay(url, 'https://evil.example')).status).toBe(403)
  expect((await server.json(`/v1/checkout/${body.checkout.id}`, key)).body).toMatchObject({
    checkout: { status: 'pending' },
  })
})

test('the return page shows nothing about unknown sessions', async () => {
  for (const id of ['cs_test_unknown', '../admin', '<script>']) {
    const page = await fetch(`${server.url}/billing/return?checkout=${encodeURIComponent(id)}`)
    const text = await page.text()
    expect([page.status, text.includes('belongs to no purchase')]).toEqual([200, true])
    expect(text).not.toContain(id)
  }
})

test('without Stripe there is no webhook', async () => {
  const answer = await fetch(`${server.url}/webhooks/stripe`, { method: 'POST', body: '{}' })
  expect(answer.status).toBe(503)
  expect(await answer.json()).toMatchObject({ error: { code: 'billing_not_configured' } })
})

describe('over MCP', () => {
  test('a client that can open pages offers the page of the server to its person', async () => {
    const client = new Client(
      { name: 'inkwell-tests', version: '1.0.0' },
      {
        capabilities: { elicitation: { url: {} } },
        versionNegotiation: { mode: { pin: '2026-07-28' } },
      },
    )
    client.setRequestHandler('elicitation/create', async ({ params }) => {
      await press(String((params as { url?: string }).url), 'pay')
      return { action: 'accept' }
    })
    const requestInit = { headers: bearer(await buyer()) }
    await client.connect(
      new StreamableHTTPClientTransport(new URL('/mcp', server.url), { requestInit }),
    )
    const result = await client.callTool({ name: 'buyCredits', arguments: { amountUsd: 5 } })
    expect(result.structuredContent).toMatchObject({ checkout: { status: 'completed' } })
    await client.close()
  })
})

test('in live mode without a Stripe key nothing can be bought, and there is no test checkout', async () => {
  using live = temporaryHome({ FAL_KEY: 'unused' })
  await using other = await serveHttp(live)
  const made = async (...args: string[]) =>
    JSON.parse((await inkwell(live, [...args, '--json'])).stdout) as { id: string; key: string }
  const { id } = await made('accounts', 'create', '--name', 'buyer')
  const { key } = await made('keys', 'create', '--account', id, '--scopes', 'credits:buy')
  const answer = await fetch(`${other.url}/v1/checkout`, {
    method: 'POST',
    headers: { ...bearer(key), 'content-type': 'application/json' },
    body: JSON.stringify({ amount_usd: 50 }),
  })
  expect(answer.status).toBe(503)
  expect(await answer.json()).toMatchObject({ error: { code: 'billing_not_configured' } })
  expect((await fetch(`${other.url}/test-checkout/${'0'.repeat(48)}`)).status).toBe(404)
})
