import { expect, test } from 'vitest'
import { temporaryHome, type Home } from '../support/app.ts'
import { beforeTests } from '../support/before-tests.ts'
import {
  HTTP_CLIENTS,
  connectPinned,
  issued,
  openedAccount,
  serveHttp,
  type HttpClient,
  type HttpServer,
} from '../support/http.ts'
import { answerOf, cheap, errorOf } from '../tools/support.ts'

let home: Home
let server: HttpServer
let key: string
let foreign: string
beforeTests(async (keep) => {
  home = keep(temporaryHome())
  key = (await issued(home, await openedAccount(home, 'Ada'))).key
  foreign = (await issued(home, await openedAccount(home, 'Eve'))).key
  server = keep(await serveHttp(home))
})

type Image = { id: string; url?: string; path?: string }

const find = async (client: HttpClient, args: object = {}): Promise<Image[]> =>
  answerOf(await client.call('findImages', args))['images'] as Image[]

const balanceOf = async (by: string) => (await server.json('/v1/credits', by)).body

test.each(HTTP_CLIENTS)(
  '$client finds what its account made by a link, and no path of the server',
  async ({ connect }) => {
    await using client = await connect(server, key)
    const { id } = answerOf(
      await client.call('generateImage', { ...cheap, prompt: 'a calm lagoon' }),
    )
    const result = await client.call('findImages', { query: 'lagoon', limit: 1 })
    const [image] = answerOf(result)['images'] as [Image]
    expect(JSON.stringify(result)).not.toContain(home.path)
    expect(result.content[0]?.text).toContain(image.url)
    const answer = await fetch(image.url ?? '')
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'image/png'])
    expect((await find(client)).map((found) => found.id)).toContain(id)
  },
)

test("another account's are never found, and neither are uploads", async () => {
  await using client = await connectPinned(server, foreign)
  const [mine] = await (async () => {
    await using ada = await connectPinned(server, key)
    return await find(ada, { query: 'lagoon' })
  })()
  const file = await fetch(mine?.url ?? '')
  const headers = { authorization: `Bearer ${foreign}`, 'content-type': 'image/png' }
  const body = await file.arrayBuffer()
  const upload = await fetch(`${server.url}/v1/assets`, { method: 'POST', headers, body })
  expect(upload.status).toBe(201)
  for (const args of [{}, { query: 'lagoon' }, { query: 'a' }])
    expect(await find(client, args)).toEqual([])
})

test('a search needs a key that may read images', async () => {
  const buyer = await issued(home, await openedAccount(home, 'Bo'), { scopes: ['credits:read'] })
  await using client = await connectPinned(server, buyer.key)
  expect(errorOf(await client.call('findImages')).code).toBe('forbidden')
})

test('saveAs is refused over HTTP before anything is spent', async () => {
  await using client = await connectPinned(server, key)
  const [before, files] = [await balanceOf(key), home.outputs()]
  for (const quoteOnly of [true, false]) {
    const error = errorOf(
      await client.call('generateImage', { ...cheap, saveAs: 'x.png', quoteOnly }),
    )
    expect(error).toMatchObject({ code: 'invalid_input', hint: expect.stringContaining('link') })
  }
  expect([await balanceOf(key), home.outputs()]).toEqual([before, files])
})
