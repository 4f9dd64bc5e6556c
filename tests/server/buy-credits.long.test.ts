import { Client as Client2, type VersionNegotiationMode } from '@modelcontextprotocol/client'
import { StdioClientTransport as Stdio2 } from '@modelcontextprotocol/client/stdio'
import { Client as Client1 } from '@modelcontextprotocol/sdk/client/index.js'
import { StdioClientTransport as Stdio1 } from '@modelcontextprotocol/sdk/client/stdio.js'
import { ElicitRequestSchema } from '@modelcontextprotocol/sdk/types.js'
import { describe, expect, test } from 'vitest'
import { ARGS, COMMAND, examine, REPOSITORY, temporaryHome, type Home } from '../support/app.ts'
import { CLIENTS, type ToolResult } from '../support/clients.ts'
import { press } from '../support/test-checkout.ts'

const IDENTITY = { name: 'inkwell-tests', version: '1.0.0' }
const capabilities = { elicitation: { url: {} } }

type Asked = { mode?: string; url?: string; message?: string }
type Action = 'accept' | 'decline' | 'cancel'
/** What the person behind a client does when a page is offered. */
type Person = (asked: Asked) => Promise<Action>

type Buyer = AsyncDisposable & { buy(args: object): Promise<ToolResult> }

function server(home: Home) {
  const { env } = home
  return { command: COMMAND, args: ARGS, cwd: REPOSITORY, env, stderr: 'ignore' as const }
}

async function buyer1(home: Home, person: Person): Promise<Buyer> {
  const client = new Client1(IDENTITY, { capabilities })
  client.setRequestHandler(ElicitRequestSchema, async ({ params }) => ({
    action: await person(params as Asked),
  }))
  await client.connect(new Stdio1(server(home)))
  return {
    buy: async (args) =>
      (await client.callTool({ name: 'buyCredits', arguments: { ...args } })) as ToolResult,
    [Symbol.asyncDispose]: () => client.close(),
  }
}

const buyer2 =
  (mode: VersionNegotiationMode) =>
  async (home: Home, person: Person): Promise<Buyer> => {
    const client = new Client2(IDENTITY, { capabilities, versionNegotiation: { mode } })
    client.setRequestHandler('elicitation/create', async ({ params }) => ({
      action: await person(params as Asked),
    }))
    await client.connect(new Stdio2(server(home)))
    return {
      buy: async (args) =>
        (await client.callTool({ name: 'buyCredits', arguments: { ...args } })) as ToolResult,
      [Symbol.asyncDispose]: () => client.close(),
    }
  }

const BUYERS = [
  { client: 'SDK 1.x', connect: buyer1 },
  { client: 'SDK 2.x in the 2025 protocol', connect: buyer2('legacy') },
  { client: 'SDK 2.x in the 2026 protocol', connect: buyer2({ pin: '2026-07-28' }) },
]

describe.each(BUYERS)('a client that can open pages ($client)', ({ connect }) => {
  test('offers the page to its person, and is answered when it is paid', async () => {
    using home = temporaryHome()
    const offered: Asked[] = []
    await using buyer = await connect(home, async (asked) => {
      offered.push(asked)
      await press(String(asked.url), 'pay')
      return 'accept'
    })
    const { structuredContent, isError } = await buyer.buy({ amountUsd: 50 })
    expect(isError).not.toBe(true)
    expect(structuredContent).toMatchObject({
      checkout: { status: 'completed', url: null },
      amount: { micro: 50_000_000 },
      bonus: { micro: 5_000_000 },
      credits: { display: '$55.00' },
    })
    expect(offered).toHaveLength(1)
    expect(offered[0]).toMatchObject({ mode: 'url' })
    expect(offered[0]?.message).toContain('$50.00 for $55.00 of test credits')
    expect(await examine(home)).toMatchObject({ available: 60_000_000, difference: null })
  })

  test.each(['decline', 'cancel'] as const)(
    'is given the link where the answer is %s',
    async (action) => {
      using home = temporaryHome()
      await using buyer = await connect(home, async () => action)
      const { structuredContent, content, isError } = await buyer.buy({ amountUsd: 5 })
      const { checkout } = structuredContent as { checkout: { url: string; status: string } }
      expect(isError).not.toBe(true)
      expect(checkout.status).toBe('pending')
      expect(content[0]?.text).toContain(checkout.url)
      expect(await examine(home)).toMatchObject({ available: 5_000_000 })
    },
  )
})

describe.each(CLIENTS)('a client that cannot open pages ($client)', ({ connect }) => {
  test('is given the link, and asks with checkoutId whether it was paid', async () => {
    using home = temporaryHome()
    await using client = await connect(home)
    const begun = await client.call('buyCredits', { amountUsd: 25 })
    const { checkout } = begun.structuredContent as { checkout: { id: string; url: string } }
    expect(checkout.id).toMatch(/^cs_test_[0-9a-f]{32}$/)
    expect(begun.content[0]?.text).toContain(`${checkout.url} `)
    const again = await client.call('buyCredits', { amountUsd: 25 })
    expect(again.structuredContent).toEqual(begun.structuredContent)
    await press(checkout.url, 'pay')
    const { structuredContent } = await client.call('buyCredits', { checkoutId: checkout.id })
    expect(structuredContent).toMatchObject({ checkout: { status: 'completed', url: null } })
    const usage = await client.call('checkUsage')
    expect(usage.structuredContent).toMatchObject({ balance: { available: { display: '$30.00' } } })
  })
})

test('another process hands the open purchase out again, with a page of its own that works', async () => {
  using home = temporaryHome()
  const [{ connect } = { connect: undefined }] = CLIENTS
  if (connect === undefined) throw new Error('no client')
  const first = await connect(home)
  const begun = await first.call('buyCredits', { amountUsd: 5 })
  await first[Symbol.asyncDispose]()
  await using second = await connect(home)
  const { structuredContent } = await second.call('buyCredits', { amountUsd: 5 })
  const before = begun.structuredContent as { checkout: { id: string; url: string } }
  const after = structuredContent as typeof before
  expect(after.checkout.id).toBe(before.checkout.id)
  expect(after.checkout.url).not.toBe(before.checkout.url)
  await press(after.checkout.url, 'pay')
  expect(await examine(home)).toMatchObject({ available: 10_000_000, difference: null })
})

test.each([
  { args: { amountUsd: 4.99 }, names: 'amountUsd' },
  { args: { amountUsd: 10_000.01 }, names: 'amountUsd' },
  { args: { amountUsd: 5.001 }, names: 'amountUsd' },
  { args: { amountUsd: '$50' }, names: 'amountUsd' },
  { args: { amountUsd: null }, names: 'amountUsd' },
  { args: {}, names: 'amountUsd or checkoutId' },
  { args: { amountUsd: 5, checkoutId: 'cs_test_1' }, names: 'amountUsd or checkoutId' },
])('buyCredits refuses $args and opens nothing', async ({ args, names }) => {
  using home = temporaryHome()
  const [{ connect } = { connect: undefined }] = CLIENTS
  if (connect === undefined) throw new Error('no client')
  await using client = await connect(home)
  const { isError, structuredContent, content } = await client.call('buyCredits', args)
  expect(isError).toBe(true)
  expect(structuredContent).toMatchObject({
    error: { code: 'invalid_input', charged: { micro: 0 } },
  })
  expect(content[0]?.text).toContain(names)
})
