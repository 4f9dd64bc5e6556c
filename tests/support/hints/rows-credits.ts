import assert from 'node:assert/strict'
import type { Scope } from '../../../src/accounts/scopes.ts'
import { answerOf, errorOf, small } from '../../tools/support.ts'
import { spendDownTo } from '../app.ts'
import { press } from '../test-checkout.ts'
import { pay } from './pay.ts'
import { done, saidBy, saidByCall, type Row } from './row.ts'
import type { Client, Stage } from './stage.ts'

const BUY =
  'Choose a cheaper model. Or call buyCredits: it gives a payment link for the person you work for.'

/** What costs more than the balance, and how it is paid. */
export const CREDIT_ROWS: Row[] = [
  {
    code: 'insufficient_credits',
    face: 'stdio',
    asked: 'more than the balance',
    hint: `${BUY} At this machine \`inkwell billing buy --amount 10\` buys credits, and INKWELL_FAL_KEY uses your own fal.ai account.`,
    takes: 'call buyCredits',
    ends: 'a link; once it is paid, the image',
    play: async (stage) => {
      await spendDownTo(stage.home, 1_000, Date.now())
      const client = await stage.agent()
      return {
        ...saidBy('generateImage', await client.call('generateImage', small)),
        follow: () => bought(client),
      }
    },
  },
  {
    code: 'insufficient_credits',
    face: 'http',
    asked: 'more than the balance, by a key that may buy',
    hint: BUY,
    takes: 'call buyCredits',
    ends: 'a link; once it is paid, the image',
    play: async (stage) => {
      const client = await poor(stage, ['generate', 'credits:buy'])
      return {
        ...saidBy('generateImage', await client.call('generateImage', small)),
        follow: () => bought(client),
      }
    },
  },
  {
    code: 'insufficient_credits',
    face: 'http',
    asked: 'more than the balance, by a key that may not buy',
    hint: BUY,
    takes: 'call buyCredits',
    ends: '`forbidden`, which tells whom to ask',
    play: async (stage) => {
      const client = await poor(stage, ['generate'])
      return {
        ...saidBy('generateImage', await client.call('generateImage', small)),
        follow: async () =>
          assert.equal(
            errorOf(await client.call('buyCredits', { amountUsd: 10 })).code,
            'forbidden',
          ),
      }
    },
  },
  {
    code: 'insufficient_credits',
    face: 'call',
    asked: 'more than the balance',
    hint: `${BUY} At this machine \`inkwell billing buy --amount 10\` buys credits, and INKWELL_FAL_KEY uses your own fal.ai account.`,
    takes: '`inkwell billing buy --amount 10`',
    ends: 'a link; once it is paid, the image',
    play: async (stage) => {
      await spendDownTo(stage.home, 1_000, Date.now())
      const args = ['call', 'generateImage', JSON.stringify(small), '--json']
      return {
        ...saidByCall('generateImage', await stage.run(args)),
        follow: async () => {
          await pay(stage, ['billing', 'buy', '--amount', '10'])
          done(await stage.run(args))
        },
      }
    },
  },
]

/** Buys what the refused image costs, as an agent and its person do. */
async function bought(client: Client): Promise<void> {
  const { checkout } = answerOf(await client.call('buyCredits', { amountUsd: 10 })) as {
    checkout: { id: string; url: string }
  }
  await press(checkout.url, 'pay')
  answerOf(await client.call('buyCredits', { checkoutId: checkout.id }))
  answerOf(await client.call('generateImage', small))
}

/** A client over HTTP whose account has less than an image costs. */
async function poor(stage: Stage, scopes: readonly Scope[]): Promise<Client> {
  await spendDownTo(stage.home, 1_000, Date.now())
  return await stage.remote(await stage.key({ scopes }))
}
