import { createBrotliDecompress, createGunzip } from 'node:zlib'
import { get, type IncomingMessage } from 'node:http'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { connectPinned } from '../support/http.ts'
import { activityOf, figureOf, openStudio, signedIn, type Studio } from '../support/page.ts'

let studio: Studio
let cookie: string

beforeAll(async () => {
  studio = await openStudio()
  const entered = await fetch(`${studio.server.url}/page/sign-in`, {
    method: 'POST',
    body: new URLSearchParams({ key: studio.key.key }),
    headers: { origin: studio.server.url },
    redirect: 'manual',
  })
  cookie = entered.headers.getSetCookie()[0]?.split(';')[0] ?? ''
})

afterAll(async () => {
  await studio[Symbol.asyncDispose]()
})

/** Asks as a browser does; `fetch` would decode the answer. */
function ask(path: string, headers: Record<string, string>): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    get(`${studio.server.url}${path}`, { headers: { cookie, ...headers } }, resolve).on(
      'error',
      reject,
    )
  })
}

const WAIT = { timeout: 15_000 }

const tokenIn = (page: string): string => /name="csrf" value="([^"]+)"/.exec(page)?.[1] ?? ''

test('answers are compressed as the client asks, and are the same text', async () => {
  const plain = await ask('/', {})
  expect(plain.headers).not.toHaveProperty('content-encoding')
  expect(plain.headers.vary).toContain('Accept-Encoding')
  const page = await text(plain)
  const without = (html: string) => html.replaceAll(tokenIn(html), '')
  for (const [accepted, encoding, decoder] of [
    ['gzip, deflate, br', 'br', createBrotliDecompress()],
    ['gzip;q=1.0, br;q=0', 'gzip', createGunzip()],
    ['*', 'br', createBrotliDecompress()],
  ] as const) {
    const answer = await ask('/', { 'accept-encoding': accepted })
    expect(answer.headers['content-encoding']).toBe(encoding)
    let bytes = 0
    answer.on('data', (chunk: Buffer) => void (bytes += chunk.length))
    expect(without(await text(answer.pipe(decoder)))).toBe(without(page))
    expect(bytes).toBeLessThan(page.length / 5)
  }
  for (const path of [
    '/page/activity.csv?range=90d',
    /src="([^"]+)"/.exec(page)?.[1] ?? '',
    '/openapi.json',
  ])
    expect((await ask(path, { 'accept-encoding': 'br' })).headers['content-encoding']).toBe('br')
  for (const path of ['/healthz', '/page/activity.csv?range=today&kind=refunds'])
    await text(await ask(path, { 'accept-encoding': 'br' }))
})

test('the token of forms looks new in each answer, and an unchanged page is not sent again', async () => {
  const answers = []
  for (let count = 0; count < 3; count += 1) {
    const answer = await ask('/', {})
    answers.push({ etag: answer.headers.etag ?? '', page: await text(answer) })
  }
  expect(new Set(answers.map(({ page }) => tokenIn(page))).size).toBe(3)
  expect(new Set(answers.map(({ etag }) => etag)).size).toBe(1)
  for (const encoding of ['br', 'identity']) {
    const again = await ask('/', {
      'if-none-match': answers[0]?.etag ?? '',
      'accept-encoding': encoding,
    })
    expect(again.statusCode).toBe(304)
  }
  // Each of them still belongs to this visitor: the purchase fails for its amount only.
  const buy = async (csrf: string): Promise<Response> =>
    await fetch(`${studio.server.url}/page/buy`, {
      method: 'POST',
      body: new URLSearchParams({ csrf, amount: '1' }),
      headers: { cookie, origin: studio.server.url },
      redirect: 'manual',
    })
  for (const { page } of answers) {
    const bought = await buy(tokenIn(page))
    expect([bought.status, bought.headers.get('location')]).toEqual([303, '/#buy'])
  }
  expect((await buy('AAAA')).status).toBe(403)
})

test('updates can be paused, and leave text alone that a person selects', async () => {
  await using tab = await signedIn(studio, studio.second.key)
  const { page } = tab
  await using agent = await connectPinned(studio.server, studio.second.key)
  const figure = () => figureOf(page, 'Available Credits')
  const live = page.locator('#live')
  await live.filter({ hasText: 'Live' }).waitFor()

  await page.getByRole('button', { name: 'Pause' }).click()
  await live.filter({ hasText: 'Paused' }).waitFor()
  const before = await figure()
  await agent.call('generateImage', { prompt: 'fog', seed: 1 })
  await page.waitForTimeout(3_000)
  expect(await figure()).toBe(before)
  await page.getByRole('button', { name: 'Resume' }).click()
  await expect.poll(figure, WAIT).not.toBe(before)

  const rows = await activityOf(page)
  const paid = await figure()
  await page.evaluate(
    `getSelection().selectAllChildren(document.querySelector('.activity tbody td'))`,
  )
  await agent.call('generateImage', { prompt: 'rain', seed: 2 })
  await expect.poll(figure, WAIT).not.toBe(paid) // the cards follow
  expect(await activityOf(page)).toEqual(rows) // the selected rows do not
  await page.evaluate('getSelection().removeAllRanges()')
  await expect.poll(() => activityOf(page), WAIT).not.toEqual(rows)
  expect(tab.faults).toEqual([])
})
