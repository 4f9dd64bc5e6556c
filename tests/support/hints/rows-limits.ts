import assert from 'node:assert/strict'
import { cheap } from '../../tools/support.ts'
import { clockAt } from '../app.ts'
import { STRIPE_TEST_KEY } from '../../services/stripe/emulator.ts'
import { press } from '../test-checkout.ts'
import { pay } from './pay.ts'
import { done, saidBy, saidByCall, saidByCommand, saidOver, type Row } from './row.ts'

/** How often, and what is bought. */
export const LIMIT_ROWS: Row[] = [
  {
    code: 'rate_limited',
    face: 'call',
    asked: 'one call too many in a minute',
    settings: { INKWELL_MAX_CALLS_PER_MINUTE: '1' },
    hint: 'Wait … s, then call again. INKWELL_MAX_CALLS_PER_MINUTE sets the limit.',
    takes: 'Wait',
    ends: 'the image, after so many seconds',
    play: async (stage) => {
      const at = Date.UTC(2026, 1, 22, 12)
      const make = (time: number) =>
        stage.run(['call', 'generateImage', JSON.stringify(cheap), '--json'], {
          nodeArgs: clockAt(time),
        })
      done(await make(at))
      const said = saidByCall('generateImage', await make(at + 5_000))
      const seconds = Number(/Wait (\d+) s/.exec(said.hint)?.[1])
      return { ...said, follow: async () => done(await make(at + 5_000 + seconds * 1_000)) }
    },
  },
  {
    code: 'rate_limited',
    face: 'rest',
    asked: 'a fourth open purchase',
    hint: 'Pay one that is open (…), or wait until one has run out.',
    takes: 'Pay one that is open',
    ends: 'its link; once it is paid, the purchase',
    play: async (stage) => {
      const key = await stage.key({ scopes: ['credits:buy', 'credits:read'] })
      const buy = (amount_usd: number) => stage.ask('/v1/checkout', key, { json: { amount_usd } })
      for (const amount of [5, 6, 7]) assert.equal((await buy(amount)).status, 200)
      const said = saidOver(await buy(8))
      const [id = ''] = /cs_\w+/.exec(said.hint) ?? []
      return {
        ...said,
        follow: async () => {
          const { body } = await stage.ask(`/v1/checkout/${id}`, key)
          await press((body as { checkout: { url: string } }).checkout.url, 'pay')
          assert.equal((await buy(8)).status, 200)
        },
      }
    },
  },
  {
    code: 'rate_limited',
    face: 'command',
    asked: 'a fourth open purchase',
    hint: 'Pay one that is open (…), or wait until one has run out. `inkwell billing buy --amount …` shows its page again.',
    takes: '`inkwell billing buy --amount …`',
    ends: 'its page; once it is paid, the purchase',
    play: async (stage) => {
      const buy = (usd: string) => stage.run(['billing', 'buy', '--amount', usd, '--no-wait'])
      for (const usd of ['5', '6.50', '7']) done(await buy(usd))
      const said = saidByCommand(await buy('8'))
      const [, line = ''] = /`inkwell ([^`]+)`/.exec(said.hint) ?? []
      return {
        ...said,
        follow: async () => {
          await pay(stage, line.split(' '))
          done(await buy('8'))
        },
      }
    },
  },
  {
    code: 'idempotency_conflict',
    face: 'rest',
    asked: 'a used Idempotency-Key with another amount',
    hint: 'Repeat the amount to get the same purchase, or use another key for another one.',
    takes: 'Repeat the amount',
    ends: 'the same purchase',
    play: async (stage) => {
      const key = await stage.key({ scopes: ['credits:buy'] })
      const headers = { 'idempotency-key': 'order-1' }
      const buy = (amount_usd: number) =>
        stage.ask('/v1/checkout', key, { json: { amount_usd }, headers })
      const first = await buy(10)
      return {
        ...saidOver(await buy(20)),
        follow: async () => {
          const idOf = ({ body }: typeof first) =>
            (body as { checkout: { id: string } }).checkout.id
          assert.equal(idOf(await buy(10)), idOf(first))
        },
      }
    },
  },
  {
    code: 'billing_not_configured',
    face: 'stdio',
    asked: '`buyCredits` in live mode without Stripe',
    live: {},
    hint: 'Go on with the credits that are left, or tell the operator of this server. STRIPE_SECRET_KEY sets up purchases; INKWELL_FAL_KEY uses your own fal.ai account instead.',
    takes: 'tell the operator of this server',
    ends: 'a stop: the operator sets up Stripe, or the user has a key of their own',
    isStop: true,
    play: async (stage) => {
      const client = await stage.agent()
      return saidBy('buyCredits', await client.call('buyCredits', { amountUsd: 10 }))
    },
  },
  {
    code: 'billing_not_configured',
    face: 'rest',
    asked: 'a delivery to a webhook that is not set up',
    settings: { STRIPE_SECRET_KEY: STRIPE_TEST_KEY },
    hint: 'The operator of this server sets it up: the key of Stripe and the secret of the endpoint.',
    takes: 'The operator of this server sets it up',
    ends: 'a stop: the operator sets it up',
    isStop: true,
    play: async (stage) => saidOver(await stage.ask('/webhooks/stripe', undefined, { json: {} })),
  },
]
