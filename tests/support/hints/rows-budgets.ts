import assert from 'node:assert/strict'
import { answerOf, cheap, errorOf, small } from '../../tools/support.ts'
import type { KeyCaps } from '../../../src/accounts/api-key.ts'
import { book, clockAt, type Settings } from '../app.ts'
import { done, saidBy, saidByCall, type Row, type Told } from './row.ts'
import type { Client, Stage } from './stage.ts'

const CHEAPER = 'Choose a cheaper model'

/** What costs more than a budget allows, and how it is done all the same. */
export const BUDGET_ROWS: Row[] = [
  {
    code: 'max_cost_exceeded',
    face: 'stdio',
    asked: 'a price above `maxCostUsd`',
    hint: 'Raise maxCostUsd or choose a cheaper model.',
    takes: 'Raise maxCostUsd',
    ends: 'the image',
    play: async (stage) => {
      const client = await stage.agent()
      const make = (maxCostUsd: number) => client.call('generateImage', { ...small, maxCostUsd })
      const refused = await make(0.01)
      const { required } = errorOf(refused) as unknown as { required: { micro: number } }
      return {
        ...saidBy('generateImage', refused),
        follow: async () => answerOf(await make(required.micro / 1e6)),
      }
    },
  },
  {
    code: 'approval_required',
    face: 'stdio',
    asked: 'what a person has to approve',
    settings: { INKWELL_APPROVE_ABOVE_USD: '0.01' },
    hint: 'Ask the person you work for to approve it. Then make exactly the same call again: it goes on. `inkwell approvals approve …` approves it, `inkwell approvals refuse …` refuses it.',
    takes: '`inkwell approvals approve …`',
    ends: 'the image, by the same call',
    play: async (stage) => {
      const client = await stage.agent()
      const refused = await client.call('generateImage', small)
      const { approval } = errorOf(refused) as unknown as { approval: { id: string } }
      return {
        ...saidBy('generateImage', refused),
        follow: async () => {
          done(await stage.run(['approvals', 'approve', approval.id]))
          answerOf(await client.call('generateImage', small))
        },
      }
    },
  },
  {
    code: 'approval_required',
    face: 'http',
    asked: 'what a person has to approve',
    settings: { INKWELL_APPROVE_ABOVE_USD: '0.01' },
    hint: 'Give the person you work for this link, where they approve or refuse it: … Then make exactly the same call again: once it is approved it goes on.',
    takes: 'this link',
    ends: 'a page that asks the person to sign in',
    play: async (stage) => {
      const client = await stage.remote(await stage.key())
      const refused = await client.call('generateImage', small)
      const { approval } = errorOf(refused) as unknown as { approval: { url: string } }
      return {
        ...saidBy('generateImage', refused),
        follow: async () => {
          const page = await fetch(approval.url, { headers: { accept: 'text/html' } })
          assert.equal(page.status, 401)
          assert.match(await page.text(), /Sign in/)
        },
      }
    },
  },
  {
    code: 'session_budget_exceeded',
    face: 'stdio',
    asked: 'more than the session may spend',
    settings: { INKWELL_MAX_USD_PER_RUN: '0.01' },
    hint: 'Choose a cheaper model or stop here: no call can change the budget of a session. INKWELL_MAX_USD_PER_RUN sets that of the next session.',
    takes: 'INKWELL_MAX_USD_PER_RUN',
    ends: 'the image of a cheaper model; with a higher setting, in the next session, that of this one',
    play: (stage) => budget(stage, { INKWELL_MAX_USD_PER_RUN: '1' }),
  },
  {
    code: 'session_budget_exceeded',
    face: 'stdio',
    asked: 'money that work in progress holds',
    live: { runMs: 1_500, faults: [{ kind: 'noImages' }] },
    settings: { INKWELL_MAX_USD_PER_RUN: '0.05' },
    hint: 'Only work in progress stands in the way: by … UTC at the latest it has ended, and what it does not cost is free again. Call again then. getGeneration waits for ….',
    takes: 'getGeneration waits',
    ends: 'that work brings nothing, and the image is made',
    play: async (stage) => {
      const client = await stage.agent()
      answerOf(await client.call('generateImage', { ...small, waitSeconds: 0 }))
      const said = saidBy('generateImage', await client.call('generateImage', cheap))
      const [id] = /gen_\w+/.exec(said.hint) ?? []
      return {
        ...said,
        follow: async () => {
          await client.call('getGeneration', { id })
          answerOf(await client.call('generateImage', cheap))
        },
      }
    },
  },
  {
    code: 'session_budget_exceeded',
    face: 'http',
    asked: 'more than the key allows a session',
    hint: 'Choose a cheaper model or stop here: no call can change the budget of a session.',
    takes: CHEAPER,
    ends: 'the image of a cheaper model',
    play: (stage) => capped(stage, { session: 10_000 }),
  },
  {
    code: 'key_budget_exceeded',
    face: 'http',
    asked: 'more than the key allows a day',
    hint: 'Choose a cheaper model, or wait: it starts anew at 00:00 UTC.',
    takes: CHEAPER,
    ends: 'the image of a cheaper model',
    play: (stage) => capped(stage, { day: 10_000 }),
  },
  {
    code: 'key_budget_exceeded',
    face: 'http',
    asked: 'more than the key may ever spend',
    hint: 'Choose a cheaper model or stop here: the owner of the account has to give out another key.',
    takes: CHEAPER,
    ends: 'the image of a cheaper model',
    play: (stage) => capped(stage, { total: 10_000 }),
  },
  {
    code: 'key_budget_exceeded',
    face: 'http',
    asked: 'more than one call of the key may cost',
    hint: 'Choose a cheaper model or fewer outputs; only the person who gave out the key can raise this.',
    takes: CHEAPER,
    ends: 'the image of a cheaper model',
    play: (stage) => capped(stage, { call: 10_000 }),
  },
  {
    code: 'daily_budget_exceeded',
    face: 'stdio',
    asked: 'more than the day allows',
    settings: { INKWELL_MAX_USD_PER_DAY: '0.01' },
    hint: 'Choose a cheaper model, or wait: it starts anew at 00:00 UTC. INKWELL_MAX_USD_PER_DAY sets it.',
    takes: 'INKWELL_MAX_USD_PER_DAY',
    ends: 'the image of a cheaper model; with a higher setting that of this one',
    play: (stage) => budget(stage, { INKWELL_MAX_USD_PER_DAY: '1' }),
  },
  {
    code: 'monthly_limit_exceeded',
    face: 'call',
    asked: 'more than the month allows',
    settings: { INKWELL_MONTHLY_LIMIT_USD: '0.05' },
    hint: 'Choose a cheaper model, or wait: it starts anew on the 1st, 00:00 UTC. INKWELL_MONTHLY_LIMIT_USD sets it.',
    takes: 'wait: it starts anew on the 1st',
    ends: 'the image, on the 1st',
    play: async (stage) => {
      const at = Date.UTC(2026, 1, 22, 12)
      await book(stage.home, [{ at, cost: 50_000 }], at)
      const make = (time: number) =>
        stage.run(['call', 'generateImage', JSON.stringify(cheap), '--json'], {
          nodeArgs: clockAt(time),
        })
      return {
        ...saidByCall('generateImage', await make(at)),
        follow: async () => done(await make(Date.UTC(2026, 2, 1))),
      }
    },
  },
]

/** Refused for its price, then made by the cheaper model that the refusal names. */
async function cheaper(client: Client): Promise<void> {
  const { affordable } = errorOf(await client.call('generateImage', small)) as unknown as {
    affordable: { model: string }[]
  }
  for (const { model } of affordable)
    answerOf(await client.call('generateImage', { ...small, model, quoteOnly: true }))
  answerOf(await client.call('generateImage', { ...small, model: affordable[0]?.model }))
}

/** Refused by a setting, which a person may change for the next process. */
async function budget(stage: Stage, higher: Settings): Promise<Told> {
  const client = await stage.agent()
  return {
    ...saidBy('generateImage', await client.call('generateImage', small)),
    follow: async () => {
      await cheaper(client)
      const next = await stage.agent(higher)
      answerOf(await next.call('generateImage', small))
    },
  }
}

/** Refused by a cap of the key, in micro-dollars. */
async function capped(stage: Stage, caps: Partial<KeyCaps>): Promise<Told> {
  const client = await stage.remote(await stage.key({ caps }))
  return {
    ...saidBy('generateImage', await client.call('generateImage', small)),
    follow: () => cheaper(client),
  }
}
