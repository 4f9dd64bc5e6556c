import { createHmac } from 'node:crypto'
import { Webhook } from 'standardwebhooks'
import { expect, test } from 'vitest'
import { alertReceiver, status } from '../support/alert-receiver.ts'
import { onEachEngine } from '../support/engines.ts'
import type { Operated } from '../support/operator.ts'
import { MINUTE_MS, raiseLow, SECRET, shopWith, states } from './support.ts'

/** Plays minutes of a server, with a round in each. */
async function play(shop: Operated, minutes: number): Promise<void> {
  for (let minute = 0; minute < minutes; minute++) {
    shop.later(MINUTE_MS)
    await shop.app.alerts.round()
  }
}

onEachEngine(() => {
  test('an alert is delivered once, signed as Standard Webhooks says, with a text for chats', async () => {
    await using receiver = await alertReceiver()
    await using shop = await shopWith(receiver)
    await raiseLow(shop.app)
    await Promise.all([shop.app.alerts.round(), shop.app.alerts.round()])
    await play(shop, 5)
    expect(receiver.deliveries).toHaveLength(1)
    const { headers, body } = receiver.deliveries[0] ?? { headers: {}, body: '' }
    expect(new Webhook(SECRET).verify(body, headers)).toMatchObject({
      type: 'balance.low',
      timestamp: expect.stringMatching(/Z$/),
      text: 'Account acct_1: $0.999999 is left, less than $1.00.',
      data: {
        id: headers['webhook-id'],
        account: 'acct_1',
        available: { micro: 999_999, display: '$0.999999', currency: 'USD' },
      },
    })
    const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`
    const key = Buffer.from(SECRET.slice('whsec_'.length), 'base64')
    const mac = createHmac('sha256', key).update(signed).digest('base64')
    expect(headers['webhook-signature']).toBe(`v1,${mac}`)
    expect(await states(shop.app)).toEqual(['delivered after 1: HTTP 204'])
  })

  test('a receiver that is down for an hour gets it once, with the same id each time it is tried', async () => {
    await using receiver = await alertReceiver(status(503))
    await using shop = await shopWith(receiver)
    await raiseLow(shop.app)
    await shop.app.alerts.round()
    await play(shop, 60)
    const before = receiver.deliveries.length
    expect(before).toBe(6) // after 0, 1, 5, 14, 30 and 55 minutes
    receiver.behave(status(200))
    await play(shop, 120)
    expect(receiver.deliveries).toHaveLength(before + 1)
    expect(new Set(receiver.deliveries.map(({ headers }) => headers['webhook-id'])).size).toBe(1)
    expect(await states(shop.app)).toEqual(['delivered after 7: HTTP 200'])
  })

  test('of two servers that look at once one sends', async () => {
    await using receiver = await alertReceiver()
    await using shop = await shopWith(receiver)
    await using other = await shop.beside()
    for (let number = 0; number < 10; number++) await raiseLow(shop.app, `acct_${number}`)
    await Promise.all([shop.app.alerts.round(), other.app.alerts.round()])
    const ids = receiver.deliveries.map(({ headers }) => headers['webhook-id'])
    expect(ids).toHaveLength(10)
    expect(new Set(ids).size).toBe(10)
  })
})
