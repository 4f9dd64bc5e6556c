import { expect, test } from 'vitest'
import { money } from '../../src/money.ts'
import { inkwell, temporaryHome } from '../support/app.ts'
import { connectV2 } from '../support/clients.ts'
import { answerOf, balanceOf, cheap, errorOf, GRANT, small, withClient } from './support.ts'
import { onEachEngine } from '../support/engines.ts'

onEachEngine(() => {
  test('a price equal to the limit of a call, of the session, of the day and of the month passes', () =>
    withClient(
      {
        INKWELL_MAX_USD_PER_RUN: '0.05',
        INKWELL_MAX_USD_PER_DAY: '0.05',
        INKWELL_MONTHLY_LIMIT_USD: '0.05',
      },
      async (client) => {
        const result = answerOf(await client.call('generateImage', { ...small, maxCostUsd: 0.05 }))
        expect(result).toMatchObject({
          cost: money(50_000),
          session: { spent: money(50_000), remaining: money(0) },
        })
        const usage = answerOf(await client.call('checkUsage'))
        expect(usage).toMatchObject({
          day: { limit: money(50_000), used: money(50_000), remaining: money(0) },
          month: { limit: money(50_000), used: money(50_000), remaining: money(0) },
          monthlyLimit: 0.05,
          creditsRemaining: 0,
        })
      },
    ))

  test.each([
    ['INKWELL_MAX_USD_PER_RUN', 'session_budget_exceeded', 'session'],
    ['ANIMATE_MAX_USD_PER_RUN', 'session_budget_exceeded', 'session'],
    ['INKWELL_MAX_USD_PER_DAY', 'daily_budget_exceeded', 'day'],
    ['INKWELL_MONTHLY_LIMIT_USD', 'monthly_limit_exceeded', 'month'],
  ])('%s a micro-dollar short refuses the call with %s', (variable, code, scope) =>
    withClient({ [variable]: '0.052999' }, async (client) => {
      answerOf(await client.call('generateImage', small))
      const error = errorOf(await client.call('generateImage', cheap))
      expect(error).toMatchObject({
        code,
        scope,
        required: money(3_000),
        limit: money(52_999),
        spent: money(50_000),
        held: money(0),
        charged: money(0),
        affordable: [{ model: 'local/draft', cost: money(0) }],
      })
      expect(await balanceOf(client)).toEqual(money(GRANT - 50_000))
      const quote = answerOf(await client.call('generateImage', { ...cheap, quoteOnly: true }))
      expect(quote).toMatchObject({ allowed: false, refusal: { code } })
    }),
  )

  test('a session budget of 0 refuses every paid call, and free tools go on', () =>
    withClient({ INKWELL_MAX_USD_PER_RUN: '0' }, async (client) => {
      for (const [tool, args] of [
        ['generateImage', small],
        ['generateImage', cheap],
        ['run', { model: 'fal-ai/lora', input: { prompt: 'x', model_name: 'acme/sdxl' } }],
      ] as const)
        expect(errorOf(await client.call(tool, args))).toMatchObject({
          code: 'session_budget_exceeded',
          limit: money(0),
        })
      expect(await balanceOf(client)).toEqual(money(GRANT))
    }))

  test('a blank budget is no cap, and INKWELL_ counts before ANIMATE_', () =>
    withClient(
      {
        INKWELL_MAX_USD_PER_RUN: ' 1.5 ',
        ANIMATE_MAX_USD_PER_RUN: '0',
        INKWELL_MAX_USD_PER_DAY: '',
      },
      async (client) => {
        const { session, day } = answerOf(await client.call('checkUsage'))
        expect(session).toMatchObject({ limit: money(1_500_000) })
        expect(day).toMatchObject({ limit: null, remaining: null })
      },
    ))

  test('a session named by INKWELL_SESSION_ID has one budget over processes and restarts', async () => {
    using home = temporaryHome({ INKWELL_SESSION_ID: 'job-42', INKWELL_MAX_USD_PER_RUN: '0.1' })
    let sessionId: unknown
    {
      await using one = await connectV2(home)
      await using other = await connectV2(home)
      const first = answerOf(await one.call('generateImage', small))
      const second = answerOf(await other.call('generateImage', small))
      expect(second.session).toMatchObject({ spent: money(100_000), remaining: money(0) })
      sessionId = (first.session as { id: string }).id
      expect(second.session).toMatchObject({ id: sessionId })
      expect(errorOf(await one.call('generateImage', cheap)).code).toBe('session_budget_exceeded')
      expect(errorOf(await other.call('generateImage', cheap)).code).toBe('session_budget_exceeded')
    }
    // Restarted, and asked for more: a budget is fixed when its session begins.
    await using restarted = await connectV2(home, { INKWELL_MAX_USD_PER_RUN: '100' })
    expect(errorOf(await restarted.call('generateImage', cheap))).toMatchObject({
      code: 'session_budget_exceeded',
      limit: money(100_000),
      spent: money(100_000),
    })
    const { session } = answerOf(await restarted.call('checkUsage'))
    expect(session).toMatchObject({ id: sessionId, limit: money(100_000), remaining: money(0) })
    const ran = await inkwell(home, ['call', 'generateImage', JSON.stringify(cheap)])
    expect(ran).toMatchObject({
      code: 1,
      stdout: expect.stringContaining('Session budget exceeded'),
    })
  })

  test('each process without a session id has a session of its own, and one balance', async () => {
    using home = temporaryHome({ INKWELL_MAX_USD_PER_RUN: '0.05' })
    await using one = await connectV2(home)
    await using other = await connectV2(home)
    const first = answerOf(await one.call('generateImage', small))
    const second = answerOf(await other.call('generateImage', small))
    expect((first.session as { id: string }).id).not.toBe((second.session as { id: string }).id)
    expect(second).toMatchObject({ balance: money(GRANT - 100_000) })
  })

  test('commands of one UTC day share a session: an agent that starts one for each call has one budget', async () => {
    using home = temporaryHome({ INKWELL_MAX_USD_PER_RUN: '0.05' })
    const args = ['call', 'generateImage', JSON.stringify(small)]
    expect(await inkwell(home, args)).toMatchObject({ code: 0 })
    expect(await inkwell(home, args)).toMatchObject({
      code: 1,
      stdout: expect.stringContaining('Session budget exceeded'),
    })
  })

  test('calls at the same time never pass a budget together', () =>
    withClient({ INKWELL_MAX_USD_PER_RUN: '0.12' }, async (client, home) => {
      const calls = Array.from({ length: 10 }, (_, seed) =>
        client.call('generateImage', { ...small, seed }),
      )
      const results = await Promise.all(calls)
      expect(results.filter(({ isError }) => isError !== true)).toHaveLength(2)
      const refusals = results.filter(({ isError }) => isError === true).map(errorOf)
      expect(new Set(refusals.map(({ code }) => code))).toEqual(
        new Set(['session_budget_exceeded']),
      )
      expect(home.outputs()).toHaveLength(2)
    }))
})
