import { expect } from 'vitest'
import { HTTP_CLIENTS, connectPinned, type HttpClient } from '../support/http.ts'
import { withServer } from '../support/with-server.ts'
import { answerOf, cheap, errorOf } from '../tools/support.ts'

const test = withServer()

type Image = { id: string; url?: string; path?: string }

const find = async (client: HttpClient, args: object = {}): Promise<Image[]> =>
  answerOf(await client.call('findImages', args))['images'] as Image[]

test.for(HTTP_CLIENTS)(
  '$client finds what its account made by a link, and no path of the server',
  async ({ connect }, { home, server, key }) => {
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

test("another account's are never found, and neither are uploads", async ({
  server,
  key,
  keyFor,
}) => {
  const { key: foreign } = await keyFor('Eve')
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

test('a search needs a key that may read images', async ({ server, keyFor }) => {
  const buyer = await keyFor('Bo', { scopes: ['credits:read'] })
  await using client = await connectPinned(server, buyer.key)
  expect(errorOf(await client.call('findImages')).code).toBe('forbidden')
})

test('saveAs is refused over HTTP before anything is spent', async ({ home, server, key }) => {
  const balance = async () => (await server.json('/v1/credits', key)).body
  await using client = await connectPinned(server, key)
  const [before, files] = [await balance(), home.outputs()]
  for (const quoteOnly of [true, false]) {
    const error = errorOf(
      await client.call('generateImage', { ...cheap, saveAs: 'x.png', quoteOnly }),
    )
    expect(error).toMatchObject({ code: 'invalid_input', hint: expect.stringContaining('link') })
  }
  expect([await balance(), home.outputs()]).toEqual([before, files])
})
