import { expect, test } from 'vitest'
import { createAccount, updateAccount } from '../../src/accounts/accounts.ts'
import { issueKey, updateKey } from '../../src/accounts/keys.ts'
import { authenticate, callerOfKey } from '../../src/accounts/principal.ts'
import type { AppError } from '../../src/errors.ts'
import { dryRun } from '../../src/generations/dry-run.ts'
import type { PaidRequest } from '../../src/generations/request.ts'
import { openAccount } from '../../src/ledger/ledger.ts'
import type { ModelList } from '../../src/pricing/model-list.ts'
import { onEachEngine } from '../support/engines.ts'
import { promptly, scripted } from '../support/slow-provider.ts'
import { expectSpent, holdsOf, paidApp, pictureOf, PRICE, type PaidApp } from './paid-app.ts'

const NOW = Date.UTC(2026, 10, 28, 12)
const LOCAL = 'acct_local'
const ON = 'fal-ai/flux-2-flex'
const ON_ITS_OWN: ModelList = ['fal-ai/flux-2-flex']
const ELSEWHERE: ModelList = ['fal-ai/flux/*', 'local/*']

const FREELY = { maxCost: null, signal: new AbortController().signal }

const of = (model: string): PaidRequest => ({ ...pictureOf('a fox'), model })
const quoted = async ({ app }: PaidApp, model: string) =>
  (await dryRun(app.generations, of(model), app.localCaller('test'), FREELY)).refusal

/** Sets the list of the account of this machine, as another process would. */
const setAccount = ({ app: { db } }: PaidApp, models: ModelList) =>
  db.write(function* setting() {
    yield* openAccount(LOCAL, 'local', NOW)
    yield* updateAccount(LOCAL, { models })
  })

/** A key of a new account, and the caller that it stands for at each call. */
async function keyed({ app }: PaidApp, account: ModelList, models: ModelList) {
  const { id, key } = await app.db.write(function* opening() {
    const { id: accountId } = yield* createAccount('Ada', NOW)
    yield* updateAccount(accountId, { models: account })
    return yield* issueKey(accountId, { models }, NOW)
  })
  const caller = async () =>
    callerOfKey(await app.db.read(() => authenticate(key, NOW)), 'work', app.config)
  return { id, caller }
}

onEachEngine(() => {
  test('a model that is not on the list of the account costs nothing, holds nothing and is not sent', async () => {
    const provider = scripted(promptly)
    await using paid = paidApp(provider)
    await setAccount(paid, ELSEWHERE)
    await expect(paid.pay()).rejects.toMatchObject({
      code: 'forbidden',
      message: expect.stringContaining('this account may use fal-ai/flux/*, local/*'),
    })
    expect(provider.calls).toBe(0)
    expect(await holdsOf(paid)).toEqual([])
    const window = await paid.app.generations.callLimit.window(paid.app.localCaller('test'))
    expect(window.remaining).toBe(window.limit)
    await expectSpent(paid, 0)
  })

  test('is refused before its inputs are looked at', async () => {
    await using paid = paidApp(scripted(promptly))
    await setAccount(paid, ELSEWHERE)
    const request: PaidRequest = {
      operation: 'editImage',
      model: 'fal-ai/flux-pro/kontext',
      count: 1,
      prompt: 'bluer',
      images: ['/no/such/picture.png'],
    }
    await expect(paid.pay({ request })).rejects.toMatchObject({ code: 'forbidden' })
  })

  test('a quote answers the price and the refusal', async () => {
    await using paid = paidApp(scripted(promptly))
    await setAccount(paid, ELSEWHERE)
    const { app } = paid
    const asked = await dryRun(app.generations, of(ON), app.localCaller('test'), FREELY)
    expect(asked).toMatchObject({ quote: { price: PRICE }, refusal: { code: 'forbidden' } })
    expect(await quoted(paid, 'fal-ai/flux/schnell')).toBeNull()
    await setAccount(paid, null)
    expect(await quoted(paid, ON)).toBeNull()
  })

  test('what could be had instead is on the list too', async () => {
    await using paid = paidApp(scripted(promptly), { env: { INKWELL_MAX_USD_PER_RUN: '0.04' } })
    const affordable = async (): Promise<string[]> => {
      const refusal = await paid.pay().catch((error: unknown) => error)
      expect(refusal).toMatchObject({ code: 'session_budget_exceeded' })
      const { facts } = refusal as AppError
      return (facts.affordable ?? []).map(({ model }) => model)
    }
    await setAccount(paid, null)
    expect(await affordable()).toContain('fal-ai/flux/schnell')
    await setAccount(paid, [ON, 'local/*'])
    expect(await affordable()).toEqual(['local/draft'])
  })

  test('a model is on the list under both of its names', async () => {
    await using paid = paidApp(scripted(promptly))
    const names = ['minimax/speech-02-hd', 'fal-ai/minimax/speech-02-hd']
    const ask = async (model: string) => {
      const request = { operation: 'run', model, count: 1, input: { text: 'hello' } } as const
      const { app } = paid
      return (await dryRun(app.generations, request, app.localCaller('test'), FREELY)).refusal
    }
    for (const list of [...names.map((name) => [name]), ['minimax/*'], ['fal-ai/*']]) {
      await setAccount(paid, list)
      for (const name of names) expect(await ask(name)).toBeNull()
    }
    await setAccount(paid, ['fal-ai/elevenlabs/*'])
    for (const name of names) expect(await ask(name)).toMatchObject({ code: 'forbidden' })
  })

  test('a list counts from the next call on, also for a caller that is older', async () => {
    await using paid = paidApp(scripted(promptly))
    const caller = paid.app.localCaller('test')
    await paid.pay({ caller })
    await setAccount(paid, ELSEWHERE)
    await expect(paid.pay({ caller })).rejects.toMatchObject({ code: 'forbidden' })
    await setAccount(paid, ON_ITS_OWN)
    await paid.pay({ caller })
    await expectSpent(paid, 2 * PRICE)
  })

  test('a result that is there is replayed, whatever the list says now', async () => {
    await using paid = paidApp(scripted(promptly))
    const wish = { idempotencyKey: 'once' }
    const { generation } = await paid.pay(wish)
    await setAccount(paid, ELSEWHERE)
    expect(await paid.pay(wish)).toMatchObject({
      replayed: true,
      generation: { id: generation.id },
    })
    await expectSpent(paid, PRICE)
  })

  test.each<[string, ModelList, ModelList, boolean]>([
    ['neither has one', null, null, true],
    ['both have it', ON_ITS_OWN, ON_ITS_OWN, true],
    ['the key has not', ON_ITS_OWN, ELSEWHERE, false],
    ['the account has not', ELSEWHERE, ON_ITS_OWN, false],
    ['only the key has one, with it', null, ON_ITS_OWN, true],
    ['only the key has one, without it', null, ELSEWHERE, false],
    ['only the account has one, without it', ELSEWHERE, null, false],
  ])('a key may use a model where %s', async (_, account, models, may) => {
    const provider = scripted(promptly)
    await using paid = paidApp(provider)
    const { caller } = await keyed(paid, account, models)
    const done = await paid.pay({ caller: await caller() }).then(
      () => 'made',
      (error: { code: string }) => error.code,
    )
    expect(done).toBe(may ? 'made' : 'forbidden')
    expect(provider.calls).toBe(may ? 1 : 0)
    expect(await holdsOf(paid)).toHaveLength(may ? 1 : 0)
  })

  test('a key that is updated keeps all that was not named, and a revoked one stays as it is', async () => {
    await using paid = paidApp(scripted(promptly))
    const { id, caller } = await keyed(paid, null, ELSEWHERE)
    const { db } = paid.app
    await expect(paid.pay({ caller: await caller() })).rejects.toMatchObject({ code: 'forbidden' })
    const before = await caller()
    await db.write(() => updateKey(id, { models: null }, NOW))
    expect(await caller()).toEqual({ ...before, models: { account: null, key: null } })
    await paid.pay({ caller: await caller() })
    await db.write(() => updateKey(id, { name: 'laptop', scopes: ['generate'] }, NOW))
    expect(await caller()).toMatchObject({ scopes: ['generate'], models: { key: null } })
    await expect(db.write(() => updateKey(id, {}, NOW))).rejects.toMatchObject({
      code: 'invalid_input',
    })
    await expect(db.write(() => updateKey('key_0', { name: 'x' }, NOW))).rejects.toMatchObject({
      code: 'not_found',
    })
  })
})
