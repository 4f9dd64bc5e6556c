import assert from 'node:assert/strict'
import { money } from '../../src/money.ts'
import { examine, temporaryHome, type Home, type Settings } from '../support/app.ts'
import { connectV2, type TestClient, type ToolResult } from '../support/clients.ts'

/** What a new account is given, in micro-dollars. */
export const GRANT = 5_000_000

/** A small picture at the default price of $0.05: for tests that are about its price. */
export const small = { prompt: 'a calm sea', imageSize: { width: 64, height: 64 }, preview: false }
/** The same at $0.003. */
export const cheap = { ...small, model: 'fal-ai/flux/schnell' }

export type ToolError = { code: string; hint: string; message: string; [fact: string]: unknown }

/** What a tool answered. Throws its words where it refused. */
export function answerOf({ isError, content, structuredContent }: ToolResult): {
  [field: string]: unknown
} {
  assert.notEqual(isError, true, content[0]?.text)
  return structuredContent ?? {}
}

/** Why a call was refused. Throws where it was not, or where the refusal is not what the contract says. */
export function errorOf({ isError, content, structuredContent }: ToolResult): ToolError {
  assert.equal(isError, true, JSON.stringify(structuredContent))
  assert.deepEqual(Object.keys(structuredContent ?? {}), ['error'])
  const error = structuredContent?.error as ToolError
  assert.deepEqual(error.charged, money(0))
  assert.equal(typeof error.retryable, 'boolean')
  const [{ type, text = '' } = { type: '' }, ...others] = content
  assert.deepEqual({ type, others }, { type: 'text', others: [] })
  assert.ok(text.startsWith(`${error.message} ${error.hint}`), text)
  return error
}

/** What a client may spend now. */
export async function balanceOf(client: TestClient): Promise<unknown> {
  const { balance } = answerOf(await client.call('checkUsage')) as {
    balance: { available: unknown }
  }
  return balance.available
}

/** Runs a body with a client of a home of its own, and proves the ledger afterwards. */
export async function withClient(
  settings: Settings,
  body: (client: TestClient, home: Home) => Promise<void>,
): Promise<void> {
  using home = temporaryHome(settings)
  {
    await using client = await connectV2(home)
    await body(client, home)
  }
  const { available, held, transactions, difference } = await examine(home)
  assert.deepEqual({ held, difference }, { held: 0, difference: null })
  assert.equal(
    transactions.reduce((sum, { cost }) => sum - cost, 0),
    available,
  )
}

/** What is to be seen of a home where nothing was ever paid for. */
export const UNTOUCHED = {
  available: GRANT,
  held: 0,
  transactions: [{ type: 'top_up', cost: -GRANT }],
  difference: null,
  outputs: [],
}

/** The same of a home as it is. */
export async function stateOf(home: Home): Promise<object> {
  return { ...(await examine(home)), outputs: home.outputs() }
}
