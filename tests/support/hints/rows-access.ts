import assert from 'node:assert/strict'
import { answerOf, cheap, small } from '../../tools/support.ts'
import { ACCOUNT } from '../app.ts'
import { done, saidBy, saidByCommand, saidOver, type Row } from './row.ts'

/** Who may ask, and what there is. */
export const ACCESS_ROWS: Row[] = [
  {
    code: 'not_found',
    face: 'stdio',
    asked: 'an id that nobody has',
    hint: 'Use an id from an earlier result. findImages lists the images that this account has.',
    takes: 'findImages',
    ends: 'an id, and its result',
    play: async (stage) => {
      const client = await stage.agent()
      answerOf(await client.call('generateImage', cheap))
      return {
        ...saidBy('getGeneration', await client.call('getGeneration', { id: 'gen_0123' })),
        follow: async () => {
          const { images } = answerOf(await client.call('findImages')) as {
            images: { id: string }[]
          }
          answerOf(await client.call('getGeneration', { id: images[0]?.id }))
        },
      }
    },
  },
  {
    code: 'not_found',
    face: 'rest',
    asked: 'an id that nobody has',
    hint: 'Use an id from an earlier result.',
    takes: 'an id from an earlier result',
    ends: 'that result',
    play: async (stage) => {
      const key = await stage.key()
      const client = await stage.remote(key)
      const { id } = answerOf(await client.call('generateImage', cheap)) as { id: string }
      return {
        ...saidOver(await stage.ask('/v1/generations/gen_0123', key)),
        follow: async () =>
          assert.equal((await stage.ask(`/v1/generations/${id}`, key)).status, 200),
      }
    },
  },
  {
    code: 'not_found',
    face: 'rest',
    asked: 'an address that is none',
    hint: 'GET /openapi.json lists them.',
    takes: 'GET /openapi.json',
    ends: 'the address, and its answer',
    play: async (stage) => {
      const key = await stage.key()
      return {
        ...saidOver(await stage.ask('/v1/balance', key)),
        follow: async () => {
          const { body } = await stage.ask('/openapi.json')
          const [path = ''] = Object.keys(body['paths'] as object).filter((one) =>
            one.endsWith('/credits'),
          )
          assert.equal((await stage.ask(path, key)).status, 200)
        },
      }
    },
  },
  {
    code: 'not_found',
    face: 'command',
    asked: 'a purchase that nobody made',
    hint: 'Use the id that came with its link, or start another purchase. `inkwell billing --json` lists the purchases with their ids.',
    takes: '`inkwell billing --json`',
    ends: 'an id, and how that purchase stands',
    play: async (stage) => {
      done(await stage.run(['billing', 'buy', '--amount', '5', '--no-wait']))
      return {
        ...saidByCommand(await stage.run(['billing', 'status', 'cs_test_0'])),
        follow: async () => {
          const { purchases } = JSON.parse(done(await stage.run(['billing', '--json']))) as {
            purchases: { checkoutId: string }[]
          }
          done(await stage.run(['billing', 'status', purchases[0]?.checkoutId ?? '']))
        },
      }
    },
  },
  {
    code: 'not_found',
    face: 'command',
    asked: 'a refund of what nobody paid',
    hint: 'Only what was charged to this account can be given back. `inkwell usage history --json` lists it with its ids.',
    takes: '`inkwell usage history --json`',
    ends: 'an id, and its refund',
    play: async (stage) => {
      done(await stage.run(['call', 'generateImage', JSON.stringify(cheap)]))
      return {
        ...saidByCommand(await stage.run(['ledger', 'refund', 'gen_0'])),
        follow: async () => {
          const { records } = JSON.parse(done(await stage.run(['usage', 'history', '--json']))) as {
            records: { id: string }[]
          }
          done(await stage.run(['ledger', 'refund', records[0]?.id ?? '']))
        },
      }
    },
  },
  {
    code: 'unauthorized',
    face: 'rest',
    asked: 'anything without a key',
    hint: 'Send one as `Authorization: Bearer ink_…`; the operator of this server gives it out.',
    takes: 'Authorization: Bearer',
    ends: 'the answer',
    play: async (stage) => {
      const said = saidOver(await stage.ask('/v1/credits'))
      const headers = { authorization: `Bearer ${await stage.key()}` }
      return {
        ...said,
        follow: async () =>
          assert.equal((await stage.ask('/v1/credits', undefined, { headers })).status, 200),
      }
    },
  },
  {
    code: 'unauthorized',
    face: 'rest',
    asked: 'a file by a link that has run out',
    hint: 'Open it with an API key of its account, without expires and signature, or ask the person who gave it to you for a new one.',
    takes: 'with an API key of its account',
    ends: 'the file',
    play: async (stage) => {
      const key = await stage.key()
      const client = await stage.remote(key)
      const { outputs } = answerOf(await client.call('generateImage', cheap)) as {
        outputs: { assetId: string }[]
      }
      const path = `/v1/assets/${outputs[0]?.assetId}`
      return {
        ...saidOver(await stage.ask(`${path}?expires=1000000000&signature=x`)),
        follow: async () => assert.equal((await (await stage.server()).get(path, key)).status, 200),
      }
    },
  },
  {
    code: 'forbidden',
    face: 'rest',
    asked: 'what the scopes of the key do not cover',
    hint: 'Use a key that has this scope: the operator who gave out the key can give another.',
    takes: 'Use a key that has this scope',
    ends: 'the answer, with another key',
    play: async (stage) => ({
      ...saidOver(await stage.ask('/v1/credits', await stage.key({ scopes: ['generate'] }))),
      follow: async () =>
        assert.equal(
          (await stage.ask('/v1/credits', await stage.key({ scopes: ['credits:read'] }))).status,
          200,
        ),
    }),
  },
  {
    code: 'forbidden',
    face: 'stdio',
    asked: 'a model that the account may not use',
    hint: 'Call again with a model that is, such as local/draft, local/edit (editImage), local/cutout (removeBackground), local/upscale (upscale). Only the operator can change the list.',
    takes: 'local/draft',
    ends: 'the image of that model',
    play: async (stage) => {
      done(await stage.run(['accounts', 'update', ACCOUNT, '--models', 'local/*']))
      const client = await stage.agent()
      return {
        ...saidBy('generateImage', await client.call('generateImage', small)),
        follow: async () =>
          answerOf(await client.call('generateImage', { ...small, model: 'local/draft' })),
      }
    },
  },
  {
    code: 'forbidden',
    face: 'rest',
    asked: 'anything from a page of another site',
    hint: 'Call it by the name it listens on, and not from a page of another site.',
    takes: 'not from a page of another site',
    ends: 'the answer',
    play: async (stage) => {
      const key = await stage.key()
      const headers = { origin: 'https://other.example' }
      return {
        ...saidOver(await stage.ask('/v1/credits', key, { headers })),
        follow: async () => assert.equal((await stage.ask('/v1/credits', key)).status, 200),
      }
    },
  },
]
