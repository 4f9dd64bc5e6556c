import { createHash } from 'node:crypto'
import sharp from 'sharp'
import { expect, test } from 'vitest'
import { startFalEmulator } from './emulator.ts'
import { call, download, post, run, SCHNELL, submit } from './client.ts'

test('a job goes from submit to a real picture, and is charged once', async () => {
  await using fal = await startFalEmulator({ queueMs: 500, runMs: 300 })
  const accepted = await submit(fal, SCHNELL, {
    prompt: 'a lighthouse',
    image_size: { width: 320, height: 200 },
    num_images: 2,
    seed: 7,
  })
  const id = String(accepted.body['request_id'])
  const base = `https://queue.fal.run/fal-ai/flux/requests/${id}`
  expect(id).toMatch(/^[\da-f]{8}-[\da-f]{4}-7[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/)
  expect(accepted.headers.get('x-fal-request-id')).toBe(id)
  expect(accepted.body).toEqual({
    status: 'IN_QUEUE',
    request_id: id,
    response_url: base,
    status_url: `${base}/status`,
    cancel_url: `${base}/cancel`,
    queue_position: 0,
  })

  const queued = await call(fal, `${base}/status?logs=0`)
  expect([queued.status, queued.body['status']]).toEqual([202, 'IN_QUEUE'])
  const early = await call(fal, base)
  expect([early.status, early.body]).toEqual([400, { detail: 'Request is still in progress' }])
  await fal.idle()
  const over = await call(fal, `${base}/status?logs=1`)
  expect(over.status).toBe(200)
  expect(over.body).toMatchObject({ status: 'COMPLETED', metrics: { inference_time: 0.005 } })

  const result = await call(fal, base)
  expect(result.status).toBe(200)
  expect(result.headers.get('x-fal-billable-units')).toBe('2')
  expect(result.body).toMatchObject({ seed: 7, has_nsfw_concepts: [false, false] })
  const images = result.body['images'] as Record<string, string>[]
  expect(images).toHaveLength(2)
  expect(images[0]).toMatchObject({ width: 320, height: 200, content_type: 'image/jpeg' })
  const bytes = await Promise.all(images.map(({ url }) => download(fal, url ?? '')))
  const digests = bytes.map((one) => createHash('sha256').update(one).digest('hex'))
  expect(new Set(digests).size).toBe(2)
  expect(await sharp(bytes[0]).metadata()).toMatchObject({ format: 'jpeg', width: 320 })

  const alias = await call(fal, `https://queue.fal.run/${SCHNELL}/requests/${id}/response`)
  expect(alias.text).toBe(result.text)
  expect(fal.charges).toEqual([
    { requestId: id, endpoint: SCHNELL, units: '2', unitPriceUsd: 0.003, micro: 6000 },
  ])
  expect(fal.jobs[0]).toMatchObject({ ending: 'ok', ran: true, ignored: [] })
})

test('the same submit twice is two jobs and two charges', async () => {
  await using fal = await startFalEmulator()
  await run(fal, SCHNELL, { prompt: 'twice', seed: 1 })
  await run(fal, SCHNELL, { prompt: 'twice', seed: 1 })
  expect(fal.charges).toHaveLength(2)
  expect(fal.spentMicro()).toBe(6000)
})

test('an endpoint that does not exist is accepted, and missing at the result', async () => {
  await using fal = await startFalEmulator()
  const { status, headers, body } = await run(fal, 'beatoven/music-generation/x', {})
  expect([status, body]).toEqual([404, { detail: 'Path /x not found' }])
  expect(headers.get('x-fal-billable-units')).toBe('0')
  expect(fal.jobs[0]).toMatchObject({ ending: 'gone', ran: false })
})

test('a caller without the right key is refused, and only fal itself sees the key', async () => {
  await using fal = await startFalEmulator()
  const address = `https://queue.fal.run/${SCHNELL}`
  const wrong = await call(fal, address, { method: 'POST', body: '{}', key: 'stolen' })
  const none = await call(fal, address, { method: 'POST', body: '{}', key: null })
  expect([wrong.status, none.status]).toEqual([401, 401])
  expect(typeof wrong.body['detail']).toBe('string')
  expect(fal.jobs).toEqual([])
  await run(fal, SCHNELL, { prompt: 'a' })
  await download(fal, fal.jobs[0]?.files[0] ?? '')
  expect(fal.requests.map(({ key }) => key)).toEqual(['wrong', 'none', 'right', 'right', 'none'])
  expect(fal.sawKeyOn('queue.fal.run')).toBe(true)
  expect(fal.sawKeyOn('v3b.fal.media')).toBe(false)
  await call(fal, `https://v3b.fal.media/files/x?leak=${fal.key}`, { key: null })
  expect(fal.hostsThatSawTheKey()).toEqual(['queue.fal.run', 'v3b.fal.media'])
  expect(JSON.stringify(fal.requests)).not.toContain(fal.key)
})

test('cancel tells a queued job, a running one, an ended one and an unknown one apart', async () => {
  await using fal = await startFalEmulator({ queueMs: 80 })
  const { body } = await submit(fal, SCHNELL, { prompt: 'a' })
  const cancel = (url: unknown) => call(fal, url, { method: 'PUT' })
  const words = [await cancel(body['cancel_url'])]
  await fal.idle()
  words.push(await cancel(body['cancel_url']))
  words.push(await cancel('https://queue.fal.run/fal-ai/flux/requests/nobody/cancel'))
  expect(words.map((one) => [one.status, one.body['status']])).toEqual([
    [200, 'OK'],
    [400, 'ALREADY_COMPLETED'],
    [404, 'NOT_FOUND'],
  ])
  expect((await call(fal, body['response_url'])).status).toBe(499)
  expect(fal.jobs[0]).toMatchObject({ ending: 'cancelled', ran: false })

  fal.script('*', [{ kind: 'cancelRace' }])
  const race = await submit(fal, SCHNELL, { prompt: 'a' })
  expect((await cancel(race.body['cancel_url'])).status).toBe(202)
  await fal.idle()
  expect((await call(fal, race.body['response_url'])).status).toBe(200)
  expect(fal.charges).toHaveLength(1)
})

test('a running job may stop when it is cancelled, and then costs nothing', async () => {
  await using fal = await startFalEmulator({
    faults: [[{ kind: 'stuck' }, { kind: 'cancelStops' }]],
  })
  const { body } = await submit(fal, SCHNELL, { prompt: 'a' })
  await expect.poll(() => fal.jobs[0]?.state).toBe('IN_PROGRESS')
  expect((await call(fal, body['cancel_url'], { method: 'PUT' })).status).toBe(202)
  await expect.poll(() => fal.jobs[0]?.ending).toBe('cancelled')
  expect((await call(fal, body['response_url'])).status).toBe(499)
  expect(fal.charges).toEqual([])
})

test('a job that waits longer than its caller allows is not started', async () => {
  await using fal = await startFalEmulator({ faults: [{ kind: 'slowQueue', polls: 9 }] })
  const headers = { 'x-fal-request-timeout': '0.05' }
  const init = { method: 'POST', body: '{"prompt":"a"}', headers }
  const { body } = await call(fal, `https://queue.fal.run/${SCHNELL}`, init)
  await expect.poll(() => fal.jobs[0]?.ending).toBe('timeout')
  const result = await call(fal, body['response_url'])
  expect([result.status, result.headers.get('x-fal-request-timeout-type')]).toEqual([504, 'user'])
})

test('a direct run answers the result, and one too many is told to wait', async () => {
  await using fal = await startFalEmulator({ concurrency: 1, runMs: 60 })
  const direct = () => post(fal, `https://fal.run/${SCHNELL}`, { prompt: 'a' })
  const both = await Promise.all([direct(), direct()])
  expect(both.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 429])
  expect(fal.charges).toHaveLength(1)
})

test('the status stream tells each change and ends with the job', async () => {
  await using fal = await startFalEmulator({ queueMs: 500, runMs: 100 })
  const { body } = await submit(fal, SCHNELL, { prompt: 'a' })
  const stream = await call(fal, `${String(body['status_url'])}/stream`)
  const words = [...stream.text.matchAll(/"status":"(\w+)"/g)].map(([, word]) => word)
  expect([words[0], words.at(-1)]).toEqual(['IN_QUEUE', 'COMPLETED'])
})
