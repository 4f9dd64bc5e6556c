import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { expect, test as base } from 'vitest'
import { inkwell, plainPicture, temporaryHome, type Home, type Ran } from '../support/app.ts'
import { emptyDatabase } from '../support/databases.ts'
import { connectV2 } from '../support/clients.ts'
import { startHaproxy } from '../support/haproxy.ts'
import { connectPinned, serveHttp, type HttpServer } from '../support/http.ts'
import { freePorts, KEYS, startSwift } from '../support/swift.ts'
import { FILE, keep } from '../support/with-server.ts'
import { answerOf, errorOf, small } from '../tools/support.ts'

type Output = { assetId: string; uri: string; path: null; url: string; sha256: string }

async function run(home: Home, ...args: string[]): Promise<Ran['stdout']> {
  const { code, stdout, stderr } = await inkwell(home, args)
  expect({ code, stderr }).toMatchObject({ code: 0 })
  return stdout
}

/** Two servers that share a PostgreSQL database and a bucket, and nothing else. */
const test = base
  .extend('bucket', FILE, 'fleet')
  .extend('swift', FILE, async ({ bucket: _bucket }, fixture) => keep(await startSwift(), fixture))
  .extend('settings', FILE, async ({ swift, bucket }) => ({
    ...KEYS,
    INKWELL_DATABASE_URL: (await emptyDatabase('postgres')).url,
    INKWELL_OUTPUT_STORE: await swift.bucket(bucket),
    INKWELL_MAX_CALLS_PER_MINUTE: '99999',
  }))
  .extend('here', FILE, ({ settings }, fixture) => keep(temporaryHome(settings), fixture))
  .extend('there', FILE, ({ settings }, fixture) => keep(temporaryHome(settings), fixture))
  .extend('key', FILE, async ({ here }) => {
    const opened = await run(here, 'accounts', 'create', '--name', 'Ada', '--json')
    const { id } = JSON.parse(opened) as { id: string }
    const issued = await run(here, 'keys', 'create', '--account', id, '--json')
    return (JSON.parse(issued) as { key: string }).key
  })
  .extend('a', FILE, async ({ here, key: _key }, fixture) => keep(await serveHttp(here), fixture))
  .extend('b', FILE, async ({ there, key: _key }, fixture) => keep(await serveHttp(there), fixture))
  .extend('onA', FILE, async ({ a, key }, fixture) => keep(await connectPinned(a, key), fixture))
  .extend('onB', FILE, async ({ b, key }, fixture) => keep(await connectPinned(b, key), fixture))
  .extend('made', FILE, async ({ onA }) => {
    const { id, outputs } = answerOf(await onA.call('generateImage', small)) as {
      id: string
      outputs: [Output]
    }
    return { id, ...outputs[0] }
  })

async function hashAt(url: string, headers: Record<string, string> = {}): Promise<string> {
  const answer = await fetch(url, { headers })
  expect(answer.status).toBe(200)
  return createHash('sha256')
    .update(new Uint8Array(await answer.arrayBuffer()))
    .digest('hex')
}

test('what one server made, the other shows, opens and works on', async ({
  swift,
  b,
  key,
  onB,
  made,
}) => {
  expect(made).toMatchObject({ path: null, uri: `inkwell://assets/${made.assetId}` })
  expect(new URL(made.url).origin).toBe(swift.origin)
  expect(await hashAt(made.url)).toBe(made.sha256)
  const shown = answerOf(await onB.call('getGeneration', { id: made.id }))
  expect(await hashAt((shown['outputs'] as [Output])[0].url)).toBe(made.sha256)
  const replay = await onB.call('getGeneration', { id: made.id })
  expect(replay.content[1]).toMatchObject({ type: 'image' })
  expect((await onB.call('viewImage', { id: made.assetId })).content[0]).toMatchObject({
    type: 'image',
  })
  const { blob = '' } = await onB.read(made.uri)
  expect(createHash('sha256').update(Buffer.from(blob, 'base64')).digest('hex')).toBe(made.sha256)
  const redirect = await fetch(`${b.url}/v1/assets/${made.assetId}`, {
    headers: { authorization: `Bearer ${key}` },
    redirect: 'manual',
  })
  expect(redirect.status).toBe(302)
  expect(await hashAt(redirect.headers.get('location') ?? '')).toBe(made.sha256)
  const found = answerOf(await onB.call('findImages', { query: 'sea' }))
  const [first] = found['images'] as [{ assetId: string; url: string }]
  expect(first.assetId).toBe(made.assetId)
  expect(await hashAt(first.url)).toBe(made.sha256)
  for (const image of [made.assetId, made.id, made.uri, made.url]) {
    const edit = { model: 'local/edit', prompt: 'grayscale', preview: false, image }
    expect(answerOf(await onB.call('editImage', edit))).toMatchObject({ status: 'completed' })
  }
})

test('an upload to one server is an input of the other', async ({ a, key, here, onB }) => {
  const body = readFileSync(await plainPicture(here))
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'image/png' }
  const answer = await fetch(`${a.url}/v1/assets`, { method: 'POST', headers, body })
  const { id } = (await answer.json()) as { id: string }
  const edit = { model: 'local/edit', prompt: 'grayscale', preview: false, image: id }
  expect(answerOf(await onB.call('editImage', edit))).toMatchObject({ status: 'completed' })
})

test('the page of the other server shows file and small copy, whole and in parts', async ({
  b,
  key,
  made,
}) => {
  const signedIn = await fetch(`${b.url}/page/sign-in`, {
    method: 'POST',
    headers: { origin: b.url },
    body: new URLSearchParams({ key, next: '/' }),
    redirect: 'manual',
  })
  const cookie = (signedIn.headers.get('set-cookie') ?? '').split(';')[0] ?? ''
  expect(await hashAt(`${b.url}/page/files/${made.assetId}`, { cookie })).toBe(made.sha256)
  const small = await fetch(`${b.url}/page/thumbnails/${made.assetId}`, { headers: { cookie } })
  expect([small.status, small.headers.get('content-type')]).toEqual([
    200,
    expect.stringMatching(/^image/),
  ])
  const part = async (range: string) => {
    const answer = await fetch(`${b.url}/page/files/${made.assetId}`, {
      headers: { cookie, range },
    })
    return [answer.status, (await answer.arrayBuffer()).byteLength]
  }
  expect(await part('bytes=0-9')).toEqual([206, 10])
  expect(await part('bytes=-5')).toEqual([206, 5])
  expect(await part('bytes=999999999-')).toEqual([416, 0])
})

test('over stdio a result has a link and no path, and takes no file name', async ({ here }) => {
  await using client = await connectV2(here)
  const { outputs } = answerOf(await client.call('generateImage', small)) as { outputs: [Output] }
  expect(outputs[0]).toMatchObject({ path: null, uri: expect.stringMatching(/^inkwell:/) })
  expect(await hashAt(outputs[0].url)).toBe(outputs[0].sha256)
  const named = errorOf(await client.call('generateImage', { ...small, saveAs: 'a.png' }))
  expect(named).toMatchObject({ code: 'invalid_input', message: expect.stringContaining('bucket') })
})

test('doctor and readiness know the store, and secrets are in no answer', async ({
  here,
  a,
  made,
}) => {
  expect((await a.json('/readyz')).status).toBe(200)
  const told = await run(here, 'doctor')
  expect(told).toContain('s3://fleet/inkwell')
  expect(`${told}${JSON.stringify(made)}`).not.toContain(KEYS.AWS_SECRET_ACCESS_KEY)
  const down = { INKWELL_OUTPUT_STORE: 's3://fleet?endpoint=http://127.0.0.1:9' }
  const failed = await inkwell(here, ['doctor'], { env: down })
  expect(failed.code).toBe(1)
  expect(failed.stdout).toMatch(
    /✗ Outputs .*s3:\/\/fleet\?endpoint=\S+: The store of the files cannot be used/,
  )
  await using server = await serveHttp(here, down)
  expect(await server.json('/readyz')).toMatchObject({ status: 503 })
})

test('behind a balancer both servers are restarted in turn, and no call fails', async ({
  here,
  there,
  key,
}) => {
  const ports = await freePorts(2)
  const start = async (place: number): Promise<HttpServer> => {
    const args = ['--port', String(ports[place]), '--drain-delay', '2']
    return await serveHttp(place === 0 ? here : there, {}, { args })
  }
  const servers = [await start(0), await start(1)]
  await using balancer = await startHaproxy(ports)
  const stopping = new AbortController()
  const outcomes: string[] = []
  const agent = async (name: string): Promise<void> => {
    await using client = await connectPinned({ url: balancer.url } as HttpServer, key)
    for (let number = 0; !stopping.signal.aborted; number += 1) {
      const call = { ...small, model: 'local/draft', prompt: `${name} ${number}` }
      const begun = answerOf(await client.call('generateImage', call))
      const { outputs } = answerOf(await client.call('getGeneration', { id: begun['id'] }))
      for (const { url, sha256 } of outputs as Output[]) expect(await hashAt(url)).toBe(sha256)
      outcomes.push('ok')
    }
  }
  const agents = ['one', 'two', 'three'].map((name) =>
    agent(name).catch((error: unknown) => void outcomes.push(String(error))),
  )
  try {
    for (const place of [0, 1]) {
      expect(await servers[place]?.stop()).toBe(0)
      servers[place] = await start(place)
      await balancer.untilUp(place)
    }
  } finally {
    stopping.abort()
    await Promise.all(agents)
    for (const server of servers) await server[Symbol.asyncDispose]()
  }
  expect(outcomes.filter((outcome) => outcome !== 'ok')).toEqual([])
  expect(outcomes.length).toBeGreaterThan(6)
  await run(here, 'ledger', 'verify', '--full')
})
