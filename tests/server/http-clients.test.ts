import { createHash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { revokeKey } from '../../src/accounts/keys.ts'
import { findDifference } from '../../src/verify.ts'
import { money } from '../../src/money.ts'
import { plainPicture, temporaryHome, type Home } from '../support/app.ts'
import { beforeTests } from '../support/before-tests.ts'
import {
  connectHttp1,
  connectPinned,
  HTTP_CLIENTS,
  issued,
  openedAccount,
  serveHttp,
  type HttpServer,
} from '../support/http.ts'
import { answerOf, errorOf, small } from '../tools/support.ts'

const GRANT = 5_000_000

let home: Home
let server: HttpServer
beforeTests(async (keep) => {
  home = keep(temporaryHome())
  server = keep(await serveHttp(home))
})

const account = (name = 'Ada') => openedAccount(home, name)

describe.each(HTTP_CLIENTS)('a client of $client', ({ protocol, connect }) => {
  test(`speaks ${protocol}, works up to the cap of its key's session, and every sum is exact`, async () => {
    const { key } = await issued(home, await account(), { caps: { session: 100_000 } })
    await using client = await connect(server, key)
    expect(client.version).toBe(protocol)
    await client.tools() // from here on the client checks each result against its schema
    const made = await client.call('generateImage', { ...small, preview: true })
    const { outputs } = answerOf(made) as { outputs: [{ assetId: string }] }
    const uri = `inkwell://assets/${outputs[0].assetId}`
    expect(made.structuredContent).toMatchObject({
      status: 'completed',
      cost: money(50_000),
      balance: money(GRANT - 50_000),
      session: { spent: money(50_000), limit: money(100_000), remaining: money(50_000) },
      outputs: [{ uri, path: null, url: expect.stringContaining('/v1/assets/asset_') }],
    })
    expect(made.content.map(({ type }) => type)).toEqual(['text', 'image'])
    expect(made.content[0]?.text).toContain(`/v1/assets/${outputs[0].assetId}?expires=`)
    const seen = await client.call('viewImage', { id: outputs[0].assetId })
    const again = await client.call('getGeneration', { id: made.structuredContent?.id })
    for (const { content, structuredContent } of [made, seen, again])
      expect(JSON.stringify([content, structuredContent])).not.toContain(home.path)
    answerOf(await client.call('editImage', { prompt: 'grayscale', image: outputs[0].assetId }))
    const refused = errorOf(await client.call('generateImage', small))
    expect(refused).toMatchObject({
      code: 'session_budget_exceeded',
      required: money(50_000),
      spent: money(90_000),
      limit: money(100_000),
    })
    const usage = answerOf(await client.call('checkUsage', { days: 1 }))
    expect(usage).toMatchObject({
      balance: { available: money(GRANT - 90_000), held: money(0) },
      session: { spent: money(90_000), remaining: money(10_000) },
      usage: { totalCost: money(90_000), generationCount: 2 },
    })
    expect(await home.withLedger((db) => db.read(findDifference))).toBeNull()
  })
})

describe('the file of a result', () => {
  test('is a resource, whole and with its type, for its account only', async () => {
    const { key } = await issued(home, await account())
    const stranger = await issued(home, await account('Bob'))
    for (const connect of [connectHttp1, connectPinned]) {
      await using client = await connect(server, key)
      const { outputs } = answerOf(await client.call('generateImage', small)) as {
        outputs: [{ uri: string; sha256: string; mimeType: string; assetId: string }]
      }
      const [{ uri, sha256, mimeType }] = outputs
      expect(await client.templates()).toEqual(['inkwell://assets/{assetId}', 'skill://{+path}'])
      const { blob, ...about } = await client.read(uri)
      expect(about).toMatchObject({ uri, mimeType })
      const bytes = Buffer.from(blob ?? '', 'base64')
      expect(createHash('sha256').update(bytes).digest('hex')).toBe(sha256)
      await using other = await connect(server, stranger.key)
      await expect(other.read(uri)).rejects.toThrow(/no file with this id/)
      await expect(client.read('inkwell://assets/asset_0')).rejects.toThrow(/no file with this id/)
    }
  })

  test('above 8 MiB is named by its address instead', async () => {
    const { key } = await issued(home, await account())
    await using client = await connectPinned(server, key)
    const before = new Set(home.outputs())
    const { outputs } = answerOf(await client.call('generateImage', small)) as {
      outputs: [{ uri: string; assetId: string }]
    }
    const folder = join(home.path, 'images')
    const name = home.outputs().find((one) => !before.has(one)) ?? ''
    writeFileSync(join(folder, name), Buffer.alloc(8 * 1024 * 1024))
    expect((await client.read(outputs[0].uri)).blob?.length).toBeGreaterThan(11_000_000)
    writeFileSync(join(folder, name), Buffer.alloc(8 * 1024 * 1024 + 1))
    await expect(client.read(outputs[0].uri)).rejects.toThrow(
      `GET /v1/assets/${outputs[0].assetId}`,
    )
  })
})

test("what another account made is not found, by any tool, and paths of the server's disk are refused", async () => {
  const ada = await issued(home, await account())
  const bob = await issued(home, await account('Bob'))
  await using client = await connectPinned(server, ada.key)
  const { id, outputs } = answerOf(await client.call('generateImage', small)) as {
    id: string
    outputs: [{ assetId: string }]
  }
  await using other = await connectHttp1(server, bob.key)
  const { assetId } = outputs[0]
  for (const [name, args] of [
    ['getGeneration', { id }],
    ['viewImage', { id }],
    ['viewImage', { id: assetId }],
    ['removeBackground', { image: id }],
    ['upscale', { image: assetId }],
  ] as const) {
    expect(errorOf(await other.call(name, args)).code).toBe('not_found')
  }
  const picture = await plainPicture(home)
  for (const image of [picture, `file://${picture}`, 'subject.png'])
    expect(errorOf(await other.call('removeBackground', { image })).code).toMatch(/^in/)
  const { balance } = answerOf(await other.call('checkUsage')) as { balance: object }
  expect(balance).toMatchObject({ available: money(GRANT), held: money(0) })
})

describe('a scope that a key lacks', () => {
  test.each([
    ['generate', ['generateImage', 'editImage', 'removeBackground', 'upscale', 'run']],
    ['assets:read', ['getGeneration', 'viewImage']],
    ['credits:read', ['checkUsage']],
    ['credits:buy', ['buyCredits']],
  ] as const)('%s is named by the tools that need it', async (scope, names) => {
    const scopes = (['generate', 'credits:read', 'credits:buy', 'assets:read'] as const).filter(
      (one) => one !== scope,
    )
    const { key } = await issued(home, await account(), { scopes })
    await using client = await connectPinned(server, key)
    for (const name of names) {
      const { code, message } = errorOf(await client.call(name, small))
      expect({ name, code }).toEqual({ name, code: 'forbidden' })
      expect(message).toContain(scope)
    }
  })

  test.each([
    ['credits:read', 'inkwell://usage'],
    ['assets:read', 'inkwell://assets/asset_0'],
  ] as const)('%s is named by the resource that needs it', async (scope, uri) => {
    const { key } = await issued(home, await account(), { scopes: ['generate', 'credits:buy'] })
    await using client = await connectPinned(server, key)
    await expect(client.read(uri)).rejects.toThrow(scope)
    expect((await client.read('inkwell://pricing')).text).toContain('fal-ai/')
  })
})

describe('the key of a request', () => {
  test('may come in either header, and two different ones are none', async () => {
    const id = await account()
    const [one, two] = [await issued(home, id), await issued(home, id)]
    const status = async (key: string | undefined, token?: string) =>
      (await server.get('/v1/credits', key, token === undefined ? {} : { 'x-access-token': token }))
        .status
    expect(await status(one.key)).toBe(200)
    expect(await status(undefined, one.key)).toBe(200)
    expect(await status(one.key, one.key)).toBe(200)
    expect(await status(one.key, two.key)).toBe(401)
    expect(await status(one.key, 'ink_')).toBe(401)
  })

  test('is refused with 401 where it is missing, unknown or revoked, for MCP as well', async () => {
    const id = await account()
    const { key, id: keyId } = await issued(home, id)
    await using client = await connectHttp1(server, key)
    answerOf(await client.call('checkUsage'))
    await home.withLedger((db) => db.write(() => revokeKey({ id: keyId }, Date.now())))
    await expect(client.call('checkUsage')).rejects.toThrow(/401|unauthorized|No valid API key/i)
    const unknown = `ink_${'0'.repeat(64)}`
    for (const path of ['/v1/credits', '/v1/usage', '/billing/usage', '/mcp', '/v1/assets/asset_0'])
      for (const bad of [undefined, unknown, key, 'ink_short', 'sk-other']) {
        const { status, body } = await server.json(path, bad)
        expect({ path, bad, status }).toEqual({ path, bad, status: 401 })
        expect(body).toMatchObject({ success: false, error: { code: 'unauthorized', status: 401 } })
      }
  })
})
