import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { mkdirSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { lookUp } from '../../src/generations/wait.ts'
import { startPayer, startPayers } from '../support/crash-process.ts'
import { resumedJobs } from '../support/crash-service.ts'
import { CHEAP } from '../support/crash-jobs.ts'
import { temporaryFolder } from '../support/databases.ts'
import { databaseOf } from '../support/homes.ts'
import { pictures, promptly, scripted } from '../support/slow-provider.ts'
import { GRANT, expectSpent, holdsOf, paidApp, until, type PaidApp } from './paid-app.ts'
import { onEachEngine } from '../support/engines.ts'

/** How long the word of a killed process counts here, in milliseconds. */
const LEASE_MS = 1_000

/** A state folder on which processes began a call each with these upstream ids, and were killed at work. */
async function abandoned(upstreamIds: (string | null)[]) {
  const folder = temporaryFolder()
  const prices = join(folder.path, 'prices.json')
  writeFileSync(
    prices,
    JSON.stringify({ [CHEAP.model]: { usd: CHEAP.usd, operation: 'generateImage' } }),
  )
  const env = { INKWELL_PRICES: prices, ...databaseOf(folder.path) }
  await using payers = await startPayers(upstreamIds.length)
  for (const [place, upstreamId] of upstreamIds.entries()) {
    const payer = payers[place]
    const job = { home: folder.path, env, leaseMs: LEASE_MS, key: `fox ${place}`, upstreamId }
    payer?.begin({ do: 'hang', ...job })
    await payer?.next('working')
  }
  await Promise.all(payers.map((payer) => payer.kill()))
  await sleep(LEASE_MS + 20)
  return { home: folder.path, env, [Symbol.dispose]: () => folder[Symbol.dispose]() }
}

const again = (paid: PaidApp, key: string) =>
  paid.pay({
    idempotencyKey: key,
    request: {
      operation: 'generateImage',
      model: CHEAP.model,
      count: 1,
      prompt: key,
      width: 64,
      height: 64,
    },
  })

const states = async (paid: PaidApp) => (await holdsOf(paid)).map(({ state }) => state)
const onlyId = async (paid: PaidApp) => (await holdsOf(paid))[0]?.id ?? ''
const look = ({ app }: PaidApp, id: string) => lookUp(app.generations, app.localCaller('test'), id)
const resumable = () =>
  scripted(promptly, async (upstreamId, { count }) => pictures(count, upstreamId))

onEachEngine(() => {
  test('work that died with its process is released by the next one, told so, and its key is free', async () => {
    using place = await abandoned([null])
    const provider = scripted(promptly)
    await using paid = paidApp(provider, place)
    expect(await paid.funds()).toMatchObject({ held: CHEAP.micro })
    const { status, cost, failure } = await look(paid, await onlyId(paid)) // looking is what recovers it
    expect([status, cost]).toEqual(['failed', 0])
    expect(failure).toMatchObject({ code: 'upstream_unavailable', retryable: true })
    expect(await states(paid)).toEqual(['released'])
    await expectSpent(paid, 0)
    expect(await again(paid, 'fox 0')).toMatchObject({ replayed: false })
    expect(provider.calls).toBe(1)
    await expectSpent(paid, CHEAP.micro)
  })

  test('before its lease has run out, the work of a silent process is left to it', async () => {
    using place = await abandoned([null])
    await using paid = paidApp(scripted(promptly), { ...place, now: () => Date.now() - 60_000 })
    await paid.app.generations.recover()
    expect(await states(paid)).toEqual(['held'])
  })

  test('what a dead process holds is not missing in the next paid call', async () => {
    using place = await abandoned([null])
    const env = { ...place.env, INKWELL_MAX_USD_PER_DAY: CHEAP.usd }
    await using paid = paidApp(scripted(promptly), { ...place, env })
    await again(paid, 'another')
    expect(await states(paid)).toEqual(['released', 'captured'])
    await expectSpent(paid, CHEAP.micro)
  })

  test('a job whose upstream id was noted is resumed, charged once, and answers its key', async () => {
    using place = await abandoned(['up_1'])
    const provider = resumable()
    await using paid = paidApp(provider, place)
    const { generation, replayed } = await again(paid, 'fox 0')
    expect(replayed).toBe(true)
    expect(generation).toMatchObject({ status: 'completed', cost: CHEAP.micro })
    expect(generation.assets).toHaveLength(1)
    expect([provider.calls, provider.resumed]).toEqual([0, ['up_1']])
    await paid.app.generations.recover()
    expect(provider.resumed).toHaveLength(1)
    await expectSpent(paid, CHEAP.micro)
  })

  test('a job that upstream no longer knows is released when it is resumed', async () => {
    using place = await abandoned(['up_1'])
    const provider = scripted(promptly, async () => {
      throw new Error('404')
    })
    await using paid = paidApp(provider, place)
    await expect(again(paid, 'fox 0')).rejects.toMatchObject({ code: 'internal' })
    await expectSpent(paid, 0)
  })

  test('a job that may have been submitted keeps its hold until that expires, and is never sent again', async () => {
    using place = await abandoned([null])
    let ahead = 0
    const provider = resumable()
    await using paid = paidApp(provider, { ...place, now: () => Date.now() + ahead })
    for (const minutes of [0, 5, 14]) {
      ahead = minutes * 60_000
      await paid.app.generations.recover()
      expect(await states(paid)).toEqual(['held'])
      expect(await paid.funds()).toMatchObject({ held: CHEAP.micro, spent: 0 })
    }
    ahead = 16 * 60_000
    await paid.app.generations.recover()
    expect(await states(paid)).toEqual(['expired'])
    const { status, failure } = await look(paid, await onlyId(paid))
    expect([status, failure?.code]).toEqual(['failed', 'upstream_unavailable'])
    expect([provider.calls, provider.resumed]).toEqual([0, []])
    await expectSpent(paid, 0)
    expect((await again(paid, 'fox 0')).replayed).toBe(false)
  })

  test('the key of a job that may have been submitted answers running, not a second picture', async () => {
    using place = await abandoned([null])
    const provider = resumable()
    await using paid = paidApp(provider, place)
    const request = { idempotencyKey: 'fox 0', handOverMs: 50 }
    const cheap = { operation: 'generateImage', model: CHEAP.model, count: 1 } as const
    const { generation, replayed } = await paid.pay({
      ...request,
      request: { ...cheap, prompt: 'fox 0', width: 64, height: 64 },
    })
    expect([generation.status, generation.held, replayed]).toEqual(['running', CHEAP.micro, true])
    expect(provider.calls).toBe(0)
  })

  test('of processes that recover at once, one takes each job over', async () => {
    const ids = ['up_1', 'up_2', 'up_3', 'up_4']
    using place = await abandoned(ids)
    const service = join(place.home, 'service')
    mkdirSync(service)
    for (const id of ids) writeFileSync(join(service, id), '1')
    await using payers = await startPayers(2)
    const ended = payers.map((payer) => payer.next('ended'))
    for (const payer of payers)
      payer.begin({
        do: 'recover',
        home: place.home,
        env: place.env,
        leaseMs: 30_000,
        service: 'outlives',
      })
    await Promise.all(ended)
    expect(resumedJobs(service).toSorted()).toEqual(ids)
    await using paid = paidApp(scripted(promptly), place)
    expect(await states(paid)).toEqual(ids.map(() => 'captured'))
    await expectSpent(paid, ids.length * CHEAP.micro)
  })

  test('a process that recovers and is killed at it leaves the job to the next', async () => {
    using place = await abandoned(['up_1'])
    const service = join(place.home, 'service')
    mkdirSync(service)
    await using payer = await startPayer()
    // The service has not finished the job: this process waits for it until it is killed.
    payer.begin({
      do: 'recover',
      home: place.home,
      env: place.env,
      leaseMs: LEASE_MS,
      service: 'outlives',
    })
    await until(() => resumedJobs(service).length === 1)
    await payer.kill()
    await sleep(LEASE_MS + 20)
    await using paid = paidApp(resumable(), place)
    await paid.app.generations.recover()
    await paid.app.drain(5_000)
    const { available, held, spent } = await paid.funds()
    expect([available + spent, held]).toEqual([GRANT, 0])
    expect((await states(paid))[0]).toBe('captured')
  })

  test('of 64 paid calls in eight processes on a session budget for two, exactly two complete', async () => {
    using folder = temporaryFolder()
    const env = {
      INKWELL_SESSION_ID: 'shared',
      INKWELL_MAX_USD_PER_RUN: '0.10',
      ...databaseOf(folder.path),
    }
    await using payers = await startPayers(8)
    const ended = payers.map((payer) => payer.next('ended'))
    for (const [place, payer] of payers.entries()) {
      const prompts = Array.from({ length: 8 }, (_, number) => `fox ${place * 8 + number}`)
      payer.begin({ do: 'rush', home: folder.path, env, leaseMs: 30_000, prompts })
    }
    const outcomes = (await Promise.all(ended)).flatMap((each) => each.outcomes)
    expect(outcomes.filter((outcome) => outcome === 'completed')).toHaveLength(2)
    expect(outcomes.filter((outcome) => outcome === 'session_budget_exceeded')).toHaveLength(62)
    await using paid = paidApp(scripted(promptly), { home: folder.path })
    expect(await states(paid)).toEqual(['captured', 'captured'])
    expect(paid.files()).toHaveLength(2)
    await expectSpent(paid, 100_000)
  })
})
