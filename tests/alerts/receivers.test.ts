import { writeFileSync } from 'node:fs'
import type { ServerResponse } from 'node:http'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { listAlerts } from '../../src/alerts/outbox.ts'
import { send } from '../../src/alerts/send.ts'
import { alertReceiver, hangs, status, type Behaviour } from '../support/alert-receiver.ts'
import { temporaryFolder } from '../support/databases.ts'
import { operated } from '../support/operator.ts'
import { MINUTE_MS, raiseLow, SECRET, shopWith, states } from './support.ts'

test.each([
  ['answers 500', status(500), /^waiting after 1: HTTP 500$/],
  ['answers 410', status(410), /^failed after 1: HTTP 410: it wants no more$/],
  [
    'redirects',
    status(302, { location: 'http://127.0.0.1:9/' }),
    /^waiting after 1: HTTP 302, a redirect, which is not followed$/,
  ],
  [
    'breaks off',
    (response: ServerResponse) => void response.destroy(),
    /^waiting after 1: no connection/,
  ],
] satisfies [string, Behaviour, RegExp][])('a receiver that %s', async (_, behaviour, state) => {
  await using receiver = await alertReceiver(behaviour)
  await using shop = await shopWith(receiver)
  await raiseLow(shop.app)
  await shop.app.alerts.round()
  expect(receiver.deliveries).toHaveLength(1)
  expect((await states(shop.app)).join()).toMatch(state)
  const told = JSON.stringify(shop.lines)
  for (const secret of [SECRET, SECRET.slice(6), 'f3a90c71', receiver.url])
    expect(told).not.toContain(secret)
})

test('a receiver that hangs is left', async () => {
  await using receiver = await alertReceiver(hangs)
  const to = { url: receiver.url, secret: SECRET, timeoutMs: 100 }
  expect(await send(to, { id: 'alert_1', body: '{}' }, Date.now())).toEqual({
    outcome: 'failed',
    says: 'no answer within 0.1 s',
  })
})

test('after three days an alert is given up, and can be sent by hand', async () => {
  await using receiver = await alertReceiver(status(500))
  await using shop = await shopWith(receiver)
  await raiseLow(shop.app)
  for (let hour = 0; hour < 80; hour++) {
    shop.later(60 * MINUTE_MS)
    await shop.app.alerts.round()
  }
  expect(await states(shop.app)).toEqual([expect.stringMatching(/^failed after \d\d: HTTP 500$/)])
  const [{ id } = { id: '' }] = (await shop.app.db.read(() => listAlerts({ limit: 1 }))).alerts
  receiver.behave(status(200))
  expect(await shop.app.alerts.resend(id)).toEqual({ outcome: 'delivered', says: 'HTTP 200' })
  expect(await states(shop.app)).toEqual([
    expect.stringMatching(/^delivered after \d\d: HTTP 200$/),
  ])
})

test('without a receiver alerts wait, and one that is set later gets those of three days', async () => {
  await using shop = await operated()
  await raiseLow(shop.app, 'acct_old')
  shop.later(3 * 24 * 60 * MINUTE_MS)
  await raiseLow(shop.app, 'acct_new')
  await shop.app.alerts.round()
  await using receiver = await alertReceiver()
  await using later = await operated({
    fal: shop.fal,
    home: shop.home,
    env: { INKWELL_ALERT_URL: receiver.url },
  })
  later.later(3 * 24 * 60 * MINUTE_MS + MINUTE_MS)
  await later.app.alerts.round()
  expect(receiver.deliveries.map(({ body }) => body)).toEqual([expect.stringContaining('acct_new')])
  expect(await states(shop.app)).toEqual([
    'delivered after 1: HTTP 204',
    'failed after 0: there was no receiver',
  ])
})

test('a store that cannot be written raises an alert, once an hour, and it is delivered', async () => {
  await using receiver = await alertReceiver()
  using folder = temporaryFolder()
  const place = join(folder.path, 'file')
  writeFileSync(place, 'not a folder')
  await using shop = await shopWith(receiver, { INKWELL_OUTPUT_DIR: place })
  await shop.app.alerts.round()
  await shop.app.alerts.round()
  expect(receiver.deliveries.map(({ body }) => JSON.parse(body) as unknown)).toMatchObject([
    { type: 'store.failing', text: expect.stringMatching(/^Outputs cannot be stored/) },
  ])
})
