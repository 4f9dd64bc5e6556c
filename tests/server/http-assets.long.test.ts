import { readFileSync } from 'node:fs'
import { expect } from 'vitest'
import { plainPicture } from '../support/app.ts'
import {
  bearer,
  connectHttp1,
  connectPinned,
  serveHttp,
  type HttpServer,
  type Json,
} from '../support/http.ts'
import { FILE, withServer } from '../support/with-server.ts'

const test = withServer()
  .extend('foreign', FILE, async ({ keyFor }) => (await keyFor('Eve')).key)
  .extend('picture', FILE, async ({ home }) => readFileSync(await plainPicture(home)))
  .extend(
    'upload',
    ({ server, key, picture }) =>
      async (by = key, body: string | Buffer = picture, type = 'image/png') => {
        const headers = { ...bearer(by), 'content-type': type }
        const answer = await fetch(`${server.url}/v1/assets`, { method: 'POST', headers, body })
        return { status: answer.status, body: (await answer.json()) as Json }
      },
  )

test('an uploaded image is given to tools by its id, in every era, and read back as it was', async ({
  server,
  key,
  picture,
  upload,
}) => {
  const { status, body } = await upload()
  expect({ status, body }).toMatchObject({
    status: 201,
    body: { mime_type: 'image/png', width: 160, height: 120, bytes: picture.length },
  })
  const id = String(body['id'])
  const got = await server.get(`/v1/assets/${id}`, key)
  expect(Buffer.from(await got.arrayBuffer()).equals(picture)).toBe(true)
  await using client = await connectPinned(server, key)
  const cut = await client.call('removeBackground', { image: id, preview: false })
  expect(cut.structuredContent).toMatchObject({ status: 'completed', cost: { micro: 5_000 } })
  await using old = await connectHttp1(server, key)
  expect((await old.call('viewImage', { id })).content[0]).toMatchObject({ type: 'image' })
})

test('an upload costs nothing and holds nothing', async ({ server, foreign, upload }) => {
  const before = await server.json('/v1/credits', foreign)
  await upload(foreign)
  expect(await server.json('/v1/credits', foreign)).toEqual(before)
})

test("another account's upload is not found, by tools and by address", async ({
  server,
  foreign,
  upload,
}) => {
  const id = String((await upload()).body['id'])
  expect((await server.json(`/v1/assets/${id}`, foreign)).status).toBe(404)
  await using client = await connectPinned(server, foreign)
  const cut = await client.call('removeBackground', { image: id })
  expect(cut.structuredContent).toMatchObject({ error: { code: 'not_found' } })
})

test.for([
  ['text', 'hello', 'image/png', 422],
  ['nothing', '', 'image/png', 422],
  ['half a picture', 'half', 'image/png', 422],
  ['a drawing', '<svg xmlns="http://www.w3.org/2000/svg"/>', 'image/svg+xml', 422],
  ['a form', 'a=1', 'application/x-www-form-urlencoded', 400],
  ['more than 20 MiB', 'large', 'image/png', 413],
] as const)(
  'an upload of %s is refused and leaves no file',
  async ([, what, type, expected], { home, key, picture, upload }) => {
    const files = home.outputs()
    const bodies: Record<string, Buffer> = {
      half: picture.subarray(0, 200),
      large: Buffer.alloc(20 * 1024 * 1024 + 1),
    }
    const { status, body } = await upload(key, bodies[what] ?? what, type)
    expect({ status, body }).toMatchObject({ status: expected, body: { success: false } })
    expect(home.outputs()).toEqual(files)
  },
)

test('an upload needs a key that may generate', async ({ keyFor, upload }) => {
  const reader = await keyFor('Bo', { scopes: ['assets:read'] })
  expect((await upload(reader.key)).status).toBe(403)
  expect((await upload('ink_wrong')).status).toBe(401)
})

/** The link in a result of a small picture. */
async function linkOf(server: HttpServer, key: string): Promise<string> {
  await using client = await connectPinned(server, key)
  const { structuredContent, content } = await client.call('generateImage', {
    prompt: 'a tile',
    imageSize: { width: 64, height: 64 },
    preview: false,
  })
  const [output] = (structuredContent as { outputs: { url: string }[] }).outputs
  expect(content[0]?.text).toContain(output?.url)
  return output?.url ?? ''
}

test('a link in a result opens the file without a key, on every server of the ledger', async ({
  home,
  server,
  key,
}) => {
  const link = new URL(await linkOf(server, key))
  expect(link.origin).toBe(server.url)
  await using second = await serveHttp(home)
  for (const origin of [server.url, second.url]) {
    const answer = await fetch(`${origin}${link.pathname}${link.search}`)
    expect(answer.status).toBe(200)
    expect(answer.headers.get('content-type')).toBe('image/png')
    expect((await answer.arrayBuffer()).byteLength).toBeGreaterThan(0)
  }
})

test('a link opens nothing once it has run out', async ({ home, server, key }) => {
  const link = new URL(await linkOf(server, key))
  const later = Date.now() + 16 * 60_000
  await using tomorrow = await serveHttp(home, {
    NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(`Date.now=()=>${later}`)}`,
  })
  expect((await fetch(`${tomorrow.url}${link.pathname}${link.search}`)).status).toBe(401)
})

test.for([
  ['another file', (link: URL): void => void (link.pathname = '/v1/assets/asset_other')],
  ['a later end', (link: URL) => link.searchParams.set('expires', '9999999999')],
  ['no end', (link: URL) => link.searchParams.delete('expires')],
  ['another signature', (link: URL) => link.searchParams.set('signature', 'a'.repeat(43))],
  ['a short signature', (link: URL) => link.searchParams.set('signature', 'a')],
  ['no signature', (link: URL) => link.searchParams.delete('signature')],
] as const)('a link with %s is refused', async ([, change], { server, foreign }) => {
  const link = new URL(await linkOf(server, foreign))
  change(link)
  expect((await fetch(link)).status).toBe(401)
})

test('links name the address that clients reach the server by', async ({ home, foreign }) => {
  await using behind = await serveHttp(
    home,
    {},
    { args: ['--public-url', 'https://images.example.com'] },
  )
  await using client = await connectPinned(behind, foreign)
  const { structuredContent } = await client.call('generateImage', {
    prompt: 'a tile',
    imageSize: { width: 64, height: 64 },
    preview: false,
  })
  expect(JSON.stringify(structuredContent)).toContain(
    '"https://images.example.com/v1/assets/asset_',
  )
})
