import { expect, test } from 'vitest'
import type { Fault } from '../services/fal/emulator.ts'
import { failed, outcomeOf, paid } from '../support/live-outcomes.ts'
import { CHEAP, FANNED, liveApp, type LiveApp } from '../support/live.ts'

/** A call that its client gives up once a claim about fal's books is true. */
async function cancelledWhen(
  live: LiveApp,
  claim: (live: LiveApp) => boolean,
  args: object = CHEAP,
) {
  const giveUp = new AbortController()
  const answer = live.call('generateImage', args, { signal: giveUp.signal })
  while (!claim(live)) await new Promise((resolve) => setTimeout(resolve, 2))
  giveUp.abort()
  return await answer
}

const polled = ({ fal }: LiveApp) => fal.jobs.length > 0 && fal.jobs.every(({ polls }) => polls > 0)
const working = ({ fal }: LiveApp) => fal.jobs[0]?.state === 'IN_PROGRESS' && fal.jobs[0].polls > 0

function live(...faults: Fault[]) {
  return liveApp({ emulator: { faults, runMs: 150 } })
}

test('a call cancelled while it waits at fal is released, and fal begins nothing', async () => {
  await using app = await live({ kind: 'stuck', in: 'IN_QUEUE' })
  expect(await outcomeOf(app, await cancelledWhen(app, polled))).toEqual(failed('cancelled', 1))
  expect(app.fal.jobs[0]).toMatchObject({ ending: 'cancelled', ran: false })
  expect(app.fal.charges).toEqual([])
})

test('a call cancelled while its job runs is delivered, charged once and can be fetched', async () => {
  await using app = await live()
  const answer = await cancelledWhen(app, working)
  expect(await outcomeOf(app, answer)).toEqual(paid({ cost: 3_000 }))
  const again = await app.call('getGeneration', { id: answer.structured['id'] })
  expect(again.structured['outputs']).toEqual(answer.structured['outputs'])
  expect(app.fal.charges).toHaveLength(1)
})

test('a cancel that fal takes and does not heed in the queue is charged once and delivered', async () => {
  await using app = await live({ kind: 'cancelRace' })
  const answer = await cancelledWhen(app, ({ fal }) => fal.jobs.length > 0)
  expect(await outcomeOf(app, answer)).toEqual(paid({ cost: 3_000 }))
})

test('a job that fal stops at the request of its caller is cancelled, uncharged', async () => {
  await using app = await liveApp({
    emulator: { faults: [[{ kind: 'cancelStops' }, { kind: 'stuck' }]] },
  })
  expect(await outcomeOf(app, await cancelledWhen(app, working))).toEqual(failed('cancelled', 1))
  expect(app.fal.charges).toEqual([])
})

test('a cancel whose answer is lost ends as the job does', async () => {
  await using app = await live({ kind: 'reset', at: 'cancel' })
  expect(await outcomeOf(app, await cancelledWhen(app, working))).toEqual(paid({ cost: 3_000 }))
})

test('a cancel after the job is done changes nothing', async () => {
  await using app = await live()
  const done = ({ fal }: LiveApp) => fal.jobs[0]?.state === 'COMPLETED'
  expect(await outcomeOf(app, await cancelledWhen(app, done))).toEqual(paid({ cost: 3_000 }))
})

test('a call cancelled before it begins sends nothing', async () => {
  await using app = await live()
  const answer = await app.call('generateImage', CHEAP, { signal: AbortSignal.abort() })
  expect(answer.structured['error']).toMatchObject({ code: 'cancelled', charged: { micro: 0 } })
  expect(app.fal.requests).toEqual([])
})

test('of three jobs cancelled, those that still waited are released and the one at work is charged', async () => {
  await using app = await liveApp({ emulator: { concurrency: 1, runMs: 150 } })
  const claim = (each: LiveApp) => each.fal.jobs.length === 3 && working(each)
  const answer = await cancelledWhen(app, claim, { ...FANNED, numImages: 3 })
  expect(await outcomeOf(app, answer)).toEqual(paid({ cost: 50_000, jobs: 3 }))
  expect(app.fal.jobs.map(({ ending }) => ending)).toEqual(['ok', 'cancelled', 'cancelled'])
  expect(app.fal.charges).toHaveLength(1)
})

test('a call handed over while it runs is no longer cancelled by its client', async () => {
  await using app = await live()
  const giveUp = new AbortController()
  const options = { signal: giveUp.signal, maxWaitMs: 20 }
  const { structured } = await app.call('generateImage', CHEAP, options)
  expect(structured['status']).toBe('running')
  giveUp.abort()
  await app.app.drain(5_000)
  expect(await outcomeOf(app, await app.call('getGeneration', { id: structured['id'] }))).toEqual(
    paid({ cost: 3_000 }),
  )
})
