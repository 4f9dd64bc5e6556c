import { Webhook } from 'standardwebhooks'
import { expect, test } from 'vitest'
import { listAlerts, raise } from '../../src/alerts/outbox.ts'
import { removeWebhook } from '../../src/alerts/webhooks.ts'
import { alertReceiver, publicReceiver, status } from '../support/alert-receiver.ts'
import { onEachEngine } from '../support/engines.ts'
import { operated, type Operated } from '../support/operator.ts'
import {
  ACCOUNT,
  MINUTE_MS,
  OWN_SECRET,
  raiseLow,
  SECRET,
  sent,
  setFor,
  states,
} from './support.ts'

async function newestId({ app }: Operated): Promise<string> {
  const [alert] = (await app.db.read(() => listAlerts({ limit: 1 }))).alerts
  return alert?.id ?? ''
}

onEachEngine(() => {
  test('an alert goes to the webhook of its account and to the operator, each with its own secret', async () => {
    await using operators = await alertReceiver()
    await using own = await publicReceiver()
    const env = { INKWELL_ALERT_URL: operators.url, INKWELL_ALERT_SECRET: SECRET }
    await using shop = await operated({ env, hosts: own.hosts })
    await using other = await shop.beside()
    await setFor(shop, own.url)
    await raiseLow(shop.app)
    await raiseLow(shop.app, 'acct_2')
    await Promise.all([shop.app.alerts.round(), other.app.alerts.round()])
    await shop.app.alerts.round()
    expect(operators.deliveries).toHaveLength(2)
    expect(own.deliveries).toHaveLength(1)
    const { headers, body } = own.deliveries[0] ?? { headers: {}, body: '' }
    expect(new Webhook(OWN_SECRET).verify(body, headers)).toMatchObject({
      data: { account: ACCOUNT },
    })
    expect(await sent(shop)).toEqual(['delivered after 1: HTTP 204'])
  })

  test('a webhook that is down gets it later with the same id, and the operator does not wait for it', async () => {
    await using operators = await alertReceiver()
    await using own = await publicReceiver(status(503))
    const env = { INKWELL_ALERT_URL: operators.url, INKWELL_ALERT_SECRET: SECRET }
    await using shop = await operated({ env, hosts: own.hosts })
    await setFor(shop, own.url)
    await raiseLow(shop.app)
    for (let minute = 0; minute < 6; minute++) {
      await shop.app.alerts.round()
      shop.later(MINUTE_MS)
    }
    expect(await sent(shop)).toEqual(['waiting after 3: HTTP 503']) // after 0, 1 and 5 minutes
    expect(await states(shop.app)).toEqual(['delivered after 1: HTTP 204'])
    own.behave(status(200))
    shop.later(9 * MINUTE_MS)
    await shop.app.alerts.round()
    expect(await sent(shop)).toEqual(['delivered after 4: HTTP 200'])
    expect(new Set(own.deliveries.map(({ headers }) => headers['webhook-id'])).size).toBe(1)
    expect(operators.deliveries).toHaveLength(1)
    const told = JSON.stringify(shop.lines)
    for (const secret of [OWN_SECRET.slice(6), 'f3a90c71']) expect(told).not.toContain(secret)
  })

  test('what is rolled back or raised before is not sent', async () => {
    await using own = await publicReceiver()
    await using shop = await operated({ hosts: own.hosts })
    await setFor(shop, own.url)
    const details = { available: 1, below: 2 }
    const low = { kind: 'balance.low', account_id: ACCOUNT, at: shop.app.now(), details } as const
    await expect(
      shop.app.db.write(function* undone() {
        yield* raise([low])
        throw new Error('undone')
      }),
    ).rejects.toThrow('undone')
    await shop.app.alerts.round()
    expect(own.deliveries).toEqual([])
    for (let time = 0; time < 2; time++) await shop.app.db.write(() => raise([low]))
    await shop.app.alerts.round()
    expect(await sent(shop)).toEqual(['delivered after 1: HTTP 204'])
    expect(own.deliveries).toHaveLength(1)
    expect(await shop.rows('select id from alert_delivery')).toHaveLength(1)
  })

  test('it gets what is raised from now on, older alerts by hand, and nothing of others', async () => {
    await using own = await publicReceiver()
    await using shop = await operated({ hosts: own.hosts })
    const { alerts, db } = shop.app
    await expect(alerts.test(ACCOUNT)).rejects.toMatchObject({ code: 'invalid_input' })
    await raiseLow(shop.app)
    const old = await newestId(shop)
    await raiseLow(shop.app, 'acct_2')
    const foreign = await newestId(shop)
    await setFor(shop, own.url)
    await alerts.round()
    expect(await sent(shop)).toEqual(['not there'])
    await expect(alerts.resend(foreign, ACCOUNT)).rejects.toMatchObject({ code: 'not_found' })
    expect(await alerts.resend(old, ACCOUNT)).toEqual({ outcome: 'delivered', says: 'HTTP 204' })
    expect(await sent(shop)).toEqual(['delivered after 0: HTTP 204'])
    await expect(alerts.test(ACCOUNT)).rejects.toMatchObject({ code: 'rate_limited' })
    shop.later(3_000)
    expect(await alerts.test(ACCOUNT)).toMatchObject({ outcome: 'delivered' })
    expect(own.deliveries.map(({ body }) => (JSON.parse(body) as { type: string }).type)).toEqual([
      'balance.low',
      'test',
    ])
    await db.write(() => removeWebhook(ACCOUNT))
    shop.later(3_000)
    await expect(alerts.test(ACCOUNT)).rejects.toMatchObject({ code: 'invalid_input' })
  })

  test('another address gets what still waits, and a removed one nothing', async () => {
    await using first = await publicReceiver(status(500))
    await using shop = await operated({ hosts: first.hosts })
    await setFor(shop, first.url)
    await raiseLow(shop.app)
    await shop.app.alerts.round()
    await setFor(shop, first.url.replace('/services', '/moved'))
    first.behave(status(200))
    shop.later(MINUTE_MS)
    await shop.app.alerts.round()
    expect(await sent(shop)).toEqual(['delivered after 2: HTTP 200'])
    first.behave(status(500))
    await shop.app.db.write(() =>
      raise([
        {
          kind: 'balance.low',
          account_id: ACCOUNT,
          period: 'y',
          at: shop.app.now(),
          details: { available: 1, below: 2 },
        },
      ]),
    )
    await shop.app.alerts.round()
    await shop.app.db.write(() => removeWebhook(ACCOUNT))
    first.behave(status(200))
    shop.later(MINUTE_MS)
    await shop.app.alerts.round()
    expect(first.deliveries).toHaveLength(3)
    expect(await sent(shop)).toEqual(['not there', 'delivered after 2: HTTP 200'])
  })
})
