import { expect, test } from 'vitest'
import { webhookAddress } from '../../src/alerts/webhooks.ts'
import { publicReceiver, status } from '../support/alert-receiver.ts'
import { operated } from '../support/operator.ts'
import { MINUTE_MS, raiseLow, sent, setFor } from './support.ts'

test('a name that leads to a private network is not connected to, also if it did not when it was set', async () => {
  await using own = await publicReceiver()
  await using shop = await operated({ hosts: own.hosts })
  await setFor(shop, own.url.replace('images.test', 'inside.test'))
  await raiseLow(shop.app)
  await shop.app.alerts.round()
  expect(own.deliveries).toEqual([])
  expect(await sent(shop)).toEqual(['waiting after 1: its address leads to a private network'])
})

test('of two answers of the name only the checked one is connected to', async () => {
  await using own = await publicReceiver()
  const asked: string[] = []
  const lookup = async (name: string): Promise<string[]> => {
    asked.push(name)
    return asked.length === 1 ? ['127.0.0.1'] : ['10.0.0.1']
  }
  await using shop = await operated({ hosts: { ...own.hosts, lookup } })
  await setFor(shop, own.url)
  await raiseLow(shop.app)
  await shop.app.alerts.round()
  expect(asked).toEqual(['images.test'])
  expect(own.deliveries).toHaveLength(1)
})

test('a redirect is not followed, and an unknown certificate is not believed', async () => {
  await using elsewhere = await publicReceiver()
  await using own = await publicReceiver(status(307, { location: elsewhere.url }))
  await using shop = await operated({ hosts: own.hosts })
  await setFor(shop, own.url)
  await raiseLow(shop.app)
  await shop.app.alerts.round()
  expect(elsewhere.deliveries).toEqual([])
  expect(await sent(shop)).toEqual(['waiting after 1: HTTP 307, a redirect, which is not followed'])
  await setFor(shop, elsewhere.url)
  shop.later(MINUTE_MS)
  await shop.app.alerts.round()
  expect(elsewhere.deliveries).toEqual([])
  expect(await sent(shop)).toEqual([expect.stringMatching(/^waiting after 2: no connection \(/)])
})

test.each([
  `https://hooks.example.com/${'a'.repeat(1_000)}`,
  'http://hooks.example.com/a',
  'ftp://hooks.example.com/a',
  'hooks.example.com',
  'https://ada:secret@hooks.example.com/',
  'https://127.0.0.1/hook',
  'https://[::1]/hook',
  'https://localhost./hook',
  'https://169.254.169.254/latest/',
  'https://10.1.2.3/hook',
])('%.40s is no address for a webhook, and is not repeated', async (address) => {
  const error = await webhookAddress(address).catch((refusal: unknown) => refusal)
  expect(error).toMatchObject({ code: 'invalid_input' })
  expect(JSON.stringify(error)).not.toContain('hook')
  expect(String(error)).not.toContain(address)
})
