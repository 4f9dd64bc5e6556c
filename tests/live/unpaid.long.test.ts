import { expect, test } from 'vitest'
import type { Caller } from '../../src/accounts/caller.ts'
import { localCaller } from '../../src/accounts/caller.ts'
import { onEachEngine } from '../support/engines.ts'
import type { Fault } from '../services/fal/emulator.ts'
import { CHEAP, errorIn, FANNED } from '../support/live.ts'
import {
  emptyModels,
  HOUR_MS,
  inTurn,
  operated,
  tally,
  together,
  type Operated,
} from '../support/operator.ts'

/** Jobs of one account that may end unpaid in an hour, where nothing is set. */
const LIMIT = 20
const NOON = Date.UTC(2026, 1, 20, 12)
const FLAGGED: Fault = { kind: 'nsfw', times: Infinity }
const EMPTY = ['acme/empty/a', 'acme/empty/b', 'acme/empty/c', 'acme/empty/d']

const WAYS: [how: string, go: typeof together][] = [
  ['in turn', inTurn],
  ['at once', together],
]

/** Calls an endpoint that brings nothing. */
const runEmpty = (shop: Operated, caller: Caller, model = 'acme/empty/a') =>
  shop.call(caller, 'run', { model, input: {} })

onEachEngine(() => {
  test.each(WAYS)('of 60 calls %s whose results are withheld 20 reach fal', async (_, go) => {
    await using shop = await operated({ emulator: { faults: [FLAGGED] } })
    const ada = await shop.customer()
    const answers = await go(60, () => shop.call(ada, 'generateImage', CHEAP))
    expect(tally(answers)).toEqual({ content_refused: LIMIT, rate_limited: 40 })
    expect(shop.fal.charges).toHaveLength(LIMIT)
    const rows = await shop.rows(`select count(*) as count, sum(jobs) as jobs, sum(cost) as cost
      from unpaid_job where code = 'content_refused' and key_id = '${ada.keyId}'`)
    expect(rows.map(({ count, jobs, cost }) => [count, jobs, cost].map(Number))).toEqual([
      [LIMIT, LIMIT, shop.fal.spentMicro()],
    ])
    expect(await shop.difference()).toBeNull()
  })

  test('of 60 calls at once over three keys of an account 20 reach fal, and others go on', async () => {
    await using shop = await operated({ emulator: { faults: [FLAGGED] } })
    const ada = await shop.customer()
    const keys = [ada, await shop.colleague(ada), await shop.colleague(ada)]
    const answers = await together(60, (place) =>
      shop.call(keys[place % 3] ?? ada, 'generateImage', CHEAP),
    )
    expect(tally(answers)).toEqual({ content_refused: LIMIT, rate_limited: 40 })
    expect(shop.fal.charges).toHaveLength(LIMIT)
    shop.fal.clearScript()
    expect(tally([await shop.call(await shop.customer(), 'generateImage', CHEAP)])).toEqual({
      completed: 1,
    })
  })

  test.each(WAYS)(
    '60 calls %s on a key with a cap make 20 jobs at most, and leave the cap unused',
    async (_, go) => {
      await using shop = await operated({ emulator: { faults: [FLAGGED] } })
      const caps = { session: null, day: null, month: null, total: 50_000 }
      const ada = await shop.customer({ caps })
      await go(60, () => shop.call(ada, 'generateImage', CHEAP))
      expect(shop.fal.charges.length).toBeLessThanOrEqual(LIMIT)
      const used = await shop.rows(`select held, spent from budget where scope = 'key_total'`)
      expect(used.map(({ held, spent }) => [held, spent])).toEqual([[0, 0]])
      expect(await shop.difference()).toBeNull()
    },
  )

  test('20 jobs and not 20 calls count: a call of four jobs counts four', async () => {
    await using shop = await operated({ emulator: { faults: [FLAGGED] } })
    const ada = await shop.customer()
    const four = { ...FANNED, numImages: 4 }
    await shop.call(ada, 'generateImage', CHEAP)
    const answers = await together(8, () => shop.call(ada, 'generateImage', four))
    expect(tally(answers)).toEqual({ content_refused: 4, rate_limited: 4 })
    const single = await inTurn(5, () => shop.call(ada, 'generateImage', CHEAP))
    expect(tally(single)).toEqual({ content_refused: 3, rate_limited: 2 })
    expect(shop.fal.charges).toHaveLength(LIMIT)
    expect(await shop.difference()).toBeNull()
  })

  test('60 calls at once that work are all done: some of them wait, and none is refused', async () => {
    await using shop = await operated()
    const ada = await shop.customer()
    const answers = await together(60, () => shop.call(ada, 'generateImage', CHEAP))
    expect(tally(answers)).toEqual({ completed: 60 })
    expect(await shop.difference()).toBeNull()
  })

  test('an hour after the jobs that ended unpaid a key goes on, and the refusal says when', async () => {
    await using shop = await operated({ emulator: { faults: [FLAGGED] }, at: NOON })
    const ada = await shop.customer()
    const call = () => shop.call(ada, 'generateImage', CHEAP)
    await inTurn(10, call)
    shop.later(HOUR_MS / 2)
    const refused = (await inTurn(11, call)).at(-1)
    expect(refused?.structured['error']).toMatchObject({
      code: 'rate_limited',
      message: expect.stringMatching(/^In the last 60 minutes 20 jobs .* At most 20 may\.$/),
      retryable: true,
      scope: 'account',
      retryAfterSeconds: 1_800,
    })
    expect(refused?.text).not.toContain('INKWELL_')
    shop.later(1_799_999)
    expect(tally([await call()])).toEqual({ rate_limited: 1 })
    shop.later(1)
    const again = await inTurn(12, call)
    expect(tally(again)).toEqual({ content_refused: 10, rate_limited: 2 })
    expect(shop.fal.charges).toHaveLength(30)
  })

  test('a model that brought nothing three times in a row rests for an hour, for that account', async () => {
    await using shop = await operated({ emulator: { models: emptyModels(...EMPTY) }, at: NOON })
    const ada = await shop.customer()
    const answers = await inTurn(5, () => runEmpty(shop, ada))
    expect(tally(answers)).toEqual({ no_output: 3, rate_limited: 2 })
    expect(answers.at(-1)?.structured['error']).toMatchObject({
      message: '"acme/empty/a" finished without an output three times in a row for this account.',
      retryAfterSeconds: 3_600,
    })
    expect(tally([await runEmpty(shop, await shop.customer())])).toEqual({ no_output: 1 })
    expect(tally([await runEmpty(shop, ada, 'acme/empty/b')])).toEqual({ no_output: 1 })
    shop.later(HOUR_MS)
    expect(tally(await inTurn(2, () => runEmpty(shop, ada)))).toEqual({
      no_output: 1,
      rate_limited: 1,
    })
  })

  test('an output in between begins the row anew', async () => {
    const nothing: Fault = { kind: 'noImages' }
    const steps: Fault[] = [
      nothing,
      nothing,
      { kind: 'pass', at: 'job' },
      nothing,
      nothing,
      nothing,
    ]
    await using shop = await operated({ emulator: { faults: steps } })
    const ada = await shop.customer()
    const answers = await inTurn(7, () => shop.call(ada, 'generateImage', CHEAP))
    expect(tally(answers)).toEqual({ no_output: 5, completed: 1, rate_limited: 1 })
    expect(await shop.difference()).toBeNull()
  })

  test.each(WAYS)(
    '60 calls %s of endpoints that bring nothing make 20 jobs at most',
    async (_, go) => {
      await using shop = await operated({ emulator: { models: emptyModels(...EMPTY) } })
      const ada = await shop.customer()
      await go(60, (place) => runEmpty(shop, ada, EMPTY[place % EMPTY.length]))
      expect(shop.fal.charges.length).toBeLessThanOrEqual(LIMIT)
      expect(await shop.difference()).toBeNull()
    },
  )
})

test('the limit is what is set, and the operator of this server is told its name', async () => {
  const env = { INKWELL_MAX_UNPAID_JOBS_PER_HOUR: '2' }
  await using shop = await operated({ env, emulator: { faults: [FLAGGED] } })
  const person = localCaller(shop.app.config, 'desk')
  const answers = await inTurn(3, () => shop.call(person, 'generateImage', CHEAP))
  expect(tally(answers)).toEqual({ content_refused: 2, rate_limited: 1 })
  expect(answers.at(-1)?.text).toContain('INKWELL_MAX_UNPAID_JOBS_PER_HOUR')
  const quoted = await shop.call(person, 'generateImage', { ...CHEAP, quoteOnly: true })
  expect(quoted.structured).toMatchObject({ allowed: false, refusal: { code: 'rate_limited' } })
  expect(
    tally([await shop.call(person, 'generateImage', { prompt: 'a tile', model: 'local/draft' })]),
  ).toEqual({
    completed: 1,
  })
})

test('a call of more jobs than may end unpaid is refused, and asked to be smaller', async () => {
  await using shop = await operated({ env: { INKWELL_MAX_UNPAID_JOBS_PER_HOUR: '3' } })
  const ada = await shop.customer()
  const refused = await shop.call(ada, 'generateImage', { ...FANNED, numImages: 4 })
  expect(errorIn(refused)).toMatchObject({
    code: 'rate_limited',
    hint: 'Ask for fewer outputs in one call.',
  })
  expect(tally([await shop.call(ada, 'generateImage', { ...FANNED, numImages: 3 })])).toEqual({
    completed: 1,
  })
  expect(shop.fal.jobs).toHaveLength(3)
})
