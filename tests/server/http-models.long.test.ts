import { expect } from 'vitest'
import { examine, inkwell, temporaryHome, type Home } from '../support/app.ts'
import type { ToolResult } from '../support/clients.ts'
import { connectHttp1, connectPinned, issued, openedAccount, serveHttp } from '../support/http.ts'
import { withServer } from '../support/with-server.ts'
import { answerOf, cheap, errorOf, small } from '../tools/support.ts'

const draft = { ...small, model: 'local/draft' }
const unlisted = { ...small, model: 'acme/some/model' }
const speech = (model: string) => ({ model, input: { text: 'hello' }, quoteOnly: true })

const codeOf = (result: ToolResult): string =>
  result.isError === true ? errorOf(result).code : String(answerOf(result)['status'])

async function update(home: Home, ...args: string[]): Promise<void> {
  expect(await inkwell(home, args)).toMatchObject({ code: 0, stderr: '' })
}

const test = withServer()

/** One with a session of its own, and one without. */
const KINDS = [
  { client: 'with a session', connect: connectHttp1 },
  { client: 'without one', connect: connectPinned },
]

test.for(KINDS)(
  'a key with a list makes what is on it and nothing else: $client',
  async ({ connect }, { home, server, keyFor }) => {
    const models = ['fal-ai/flux/*', 'local/*']
    const limits = { models, scopes: ['generate', 'credits:read'] as const }
    const { key, id, accountId } = await keyFor('Ada', limits)
    await using client = await connect(server, key)
    const make = async (args: object) => codeOf(await client.call('generateImage', args))

    expect(await make(cheap)).toBe('completed')
    expect(await make(draft)).toBe('completed')
    for (const args of [small, unlisted]) {
      const refused = await client.call('generateImage', args)
      expect(errorOf(refused)).toMatchObject({ code: 'forbidden', retryable: false })
      expect(refused.content[0]?.text).toMatch(
        /may use fal-ai\/flux\/\*, local\/\*\. .*local\/draft/,
      )
      expect(refused.content[0]?.text).not.toContain('inkwell ') // no command over HTTP
    }
    const quote = answerOf(await client.call('generateImage', { ...small, quoteOnly: true }))
    expect(quote).toMatchObject({ allowed: false, refusal: { code: 'forbidden' } })

    // The next call of a session that is open goes by the list that is in force then.
    await update(home, 'keys', 'update', id, '--models', 'fal-ai/flux-2-flex')
    expect([await make(small), await make(draft)]).toEqual(['completed', 'forbidden'])
    await update(home, 'accounts', 'update', accountId, '--models', 'local/*')
    expect([await make(small), await make(draft)]).toEqual(['forbidden', 'forbidden'])
    await update(home, 'keys', 'update', id, '--models', '*')
    expect([await make(small), await make(draft)]).toEqual(['forbidden', 'completed'])
    await update(home, 'accounts', 'update', accountId, '--models', '*')
    expect([await make(small), await make(unlisted)]).toEqual(['completed', 'completed'])

    const { body } = await server.json('/v1/usage/transactions?type=generation', key)
    expect((body.transactions as object[]).length).toBe(6)
    const { headers } = await server.get('/v1/credits', key)
    expect(headers.get('x-ratelimit-remaining')).not.toBe('60')
    expect((await inkwell(home, ['ledger', 'verify'])).code).toBe(0)
  },
)

test('both names of a model are on the list, or neither', async ({ home, server, account }) => {
  for (const [list, may] of [
    ['minimax/*', true],
    ['fal-ai/minimax/speech-02-hd', true],
    ['fal-ai/elevenlabs/*', false],
  ] as const) {
    const { key } = await issued(home, account, { models: [list] })
    await using client = await connectPinned(server, key)
    for (const name of ['minimax/speech-02-hd', 'fal-ai/minimax/speech-02-hd'])
      expect(answerOf(await client.call('run', speech(name)))['allowed']).toBe(may)
  }
})

test('of many calls at once, those that are forbidden hold and count nothing', async () => {
  using home = temporaryHome({ INKWELL_MAX_CALLS_PER_MINUTE: '4' })
  const account = await openedAccount(home, 'Ada')
  const { key } = await issued(home, account, {
    models: ['fal-ai/flux/schnell'],
    scopes: ['generate', 'credits:read'],
  })
  await using server = await serveHttp(home)
  await using client = await connectPinned(server, key)
  const refused = await Promise.all(
    Array.from({ length: 16 }, () => client.call('generateImage', small)),
  )
  expect(refused.map((one) => errorOf(one).code)).toEqual(refused.map(() => 'forbidden'))
  const made = await Promise.all(
    Array.from({ length: 4 }, () => client.call('generateImage', cheap)),
  )
  expect(made.map(codeOf)).toEqual(made.map(() => 'completed'))
  const { body } = await server.json('/v1/credits', key)
  expect(body).toMatchObject({ balance: { micro: 5_000_000 - 4 * 3_000 }, held: { micro: 0 } })
  expect((await examine(home)).difference).toBeNull()
})
