import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { compactVerify, createLocalJWKSet, decodeProtectedHeader, type JSONWebKeySet } from 'jose'
import { expect } from 'vitest'
import { inkwell, type Home } from '../support/app.ts'
import { connectPinned, type HttpServer, type Json } from '../support/http.ts'
import { FILE, keep, withServer } from '../support/with-server.ts'

/** One paid image of an account, and how its receipt is asked for. */
const test = withServer().extend('paid', FILE, async ({ server, key }, fixture) => {
  const client = keep(await connectPinned(server, key), fixture)
  const { structuredContent } = await client.call('generateImage', {
    prompt: 'a red fox',
    imageSize: '64x64',
  })
  return structuredContent as { id: string; outputs: { sha256: string; assetId: string }[] }
})

const keysOf = async (server: HttpServer) =>
  (await server.json('/.well-known/jwks.json')).body as unknown as JSONWebKeySet

/** Writes a text to a file of the home, for the command line. */
function saved(home: Home, name: string, text: string): string {
  const path = join(home.path, name)
  writeFileSync(path, text)
  return path
}

test('a receipt says what was charged for which files, and anybody can verify it', async ({
  server,
  key,
  account,
  paid,
}) => {
  const { status, body } = await server.json(`/v1/generations/${paid.id}/receipt`, key)
  expect(status).toBe(200)
  const jws = String(body['receipt'])
  const keys = await keysOf(server)
  expect(keys.keys).toEqual([
    expect.objectContaining({ kty: 'OKP', crv: 'Ed25519', alg: 'EdDSA', use: 'sig' }),
  ])
  expect(JSON.stringify(keys)).not.toContain('"d"')
  const { payload } = await compactVerify(jws, createLocalJWKSet(keys))
  const said = JSON.parse(new TextDecoder().decode(payload)) as Json
  expect(body).toEqual({ receipt: jws, ...said })
  expect(said).toMatchObject({
    account,
    generation: paid.id,
    entry: 2, // after the grant
    amount: { micro: 50_000, display: '$0.05', currency: 'USD' },
    billing: 'credits',
    model: 'fal-ai/flux-2-flex',
    refund: null,
    files: [{ id: paid.outputs[0]?.assetId, sha256: paid.outputs[0]?.sha256 }],
  })
})

test('only a charge of the own account has a receipt', async ({ server, key, keyFor, paid }) => {
  const { key: other } = await keyFor('Bob')
  const path = `/v1/generations/${paid.id}/receipt`
  expect(await server.json(path, other)).toMatchObject({
    status: 404,
    body: { error: { code: 'not_found' } },
  })
  expect((await server.json(path)).status).toBe(401)
  expect((await server.json('/v1/generations/gen_unknown/receipt', key)).status).toBe(404)
})

test('the command line verifies receipts and their files, offline and after a rotation', async ({
  home,
  server,
  paid,
}) => {
  const got = await inkwell(home, ['receipts', 'get', paid.id])
  expect(got).toMatchObject({ code: 0, stderr: '' })
  const receipt = saved(home, 'receipt.jws', got.stdout)
  const jwks = saved(home, 'jwks.json', JSON.stringify(await keysOf(server)))
  const [image = ''] = home.outputs().map((name) => join(home.path, 'images', name))
  const [elsewhere, foreign] = [join(home.path, 'empty'), saved(home, 'other.png', 'other')]
  const offline = { env: { INKWELL_HOME: elsewhere, INKWELL_DATABASE_URL: '' } }
  const command = ['receipts', 'verify', receipt]
  const verified = await inkwell(home, [...command, image, '--keys', jwks], offline)
  expect(verified).toMatchObject({
    code: 0,
    stdout: expect.stringContaining(`is its file ${paid.outputs[0]?.assetId}`),
  })
  expect(await inkwell(home, [...command, foreign])).toMatchObject({
    code: 1,
    stdout: expect.stringContaining('is none of its files'),
  })

  const rotated = await inkwell(home, ['receipts', 'rotate'])
  expect(rotated.code).toBe(0)
  const { keys } = await keysOf(server)
  expect(keys).toHaveLength(2)
  expect((await inkwell(home, command)).code).toBe(0)
  const { stdout } = await inkwell(home, ['receipts', 'get', paid.id])
  expect(decodeProtectedHeader(stdout.trim()).kid).toBe(keys[0]?.kid)
  expect(decodeProtectedHeader(got.stdout.trim()).kid).toBe(keys[1]?.kid)
  // The older keys do not know the new one.
  const late = saved(home, 'late.jws', stdout)
  expect((await inkwell(home, ['receipts', 'verify', late, '--keys', jwks], offline)).code).toBe(2)
})

test.for([
  ['another amount', (jws: string) => withPayload(jws, (text) => text.replace('50000', '40000'))],
  ['no signature', (jws: string) => jws.replace(/\.[^.]+$/, '.')],
  ['the algorithm "none"', (jws: string) => withHeader(jws, { alg: 'none' })],
  ['another kind of text', () => 'a receipt'],
] as const)('a receipt with %0 is refused', async ([, damage], { home, paid }) => {
  const { stdout } = await inkwell(home, ['receipts', 'get', paid.id])
  const receipt = saved(home, 'damaged.jws', damage(stdout.trim()))
  expect(await inkwell(home, ['receipts', 'verify', receipt])).toMatchObject({
    code: 2,
    stdout: '',
    stderr: expect.stringContaining('no receipt that one of the keys signed'),
  })
})

test('a checkpoint is no receipt', async ({ home, paid: _paid }) => {
  const { stdout } = await inkwell(home, ['ledger', 'checkpoint'])
  const file = saved(home, 'checkpoint.jws', stdout)
  expect((await inkwell(home, ['receipts', 'verify', file])).code).toBe(2)
})

function withPayload(jws: string, change: (text: string) => string): string {
  const [header, payload = '', signature] = jws.split('.')
  const text = Buffer.from(payload, 'base64url').toString()
  expect(change(text)).not.toBe(text)
  return [header, Buffer.from(change(text)).toString('base64url'), signature].join('.')
}

function withHeader(jws: string, header: object): string {
  const [, payload] = jws.split('.')
  return [Buffer.from(JSON.stringify(header)).toString('base64url'), payload, ''].join('.')
}
