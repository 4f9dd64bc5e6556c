import { expect, test } from 'vitest'
import { loadConfig } from '../src/config.ts'
import { refusalOf } from './support/settings.ts'

const TEST = 'sk_test_51Nq0f3c9d'
const LIVE = 'sk_live_51Nq0f3c9d'

test('without a Stripe key there is no Stripe', () => {
  expect(loadConfig({}).stripe).toBeNull()
  expect(loadConfig({ STRIPE_SECRET_KEY: ' ' }).stripe).toBeNull()
})

test.each([TEST, 'rk_test_51Nq0f3c9d'])('in test mode %j is a key', (key) => {
  const secret = 'whsec_0f3c9d'
  expect(loadConfig({ STRIPE_SECRET_KEY: key, STRIPE_WEBHOOK_SECRET: secret }).stripe).toEqual({
    key,
    webhookSecret: secret,
    baseUrl: undefined,
  })
})

test('in live mode a live key is taken', () => {
  expect(loadConfig({ FAL_KEY: 'x', STRIPE_SECRET_KEY: LIVE }).stripe?.key).toBe(LIVE)
  expect(loadConfig({ FAL_KEY: 'x', STRIPE_SECRET_KEY: 'rk_live_1' }).stripe?.key).toBe('rk_live_1')
})

const REFUSED: [string, Record<string, string>][] = [
  ['STRIPE_SECRET_KEY', { STRIPE_SECRET_KEY: 'pk_test_51Nq0f3c9d' }],
  ['STRIPE_SECRET_KEY', { STRIPE_SECRET_KEY: 'sk_test_51Nq 0f3c9d' }],
  ['STRIPE_SECRET_KEY', { STRIPE_SECRET_KEY: 'whsec_0f3c9d' }],
  ['STRIPE_SECRET_KEY', { STRIPE_SECRET_KEY: LIVE }],
  ['STRIPE_SECRET_KEY', { FAL_KEY: 'x', STRIPE_SECRET_KEY: TEST }],
  ['STRIPE_SECRET_KEY', { INKWELL_FAL_KEY: 'x', STRIPE_SECRET_KEY: TEST }],
  ['STRIPE_WEBHOOK_SECRET', { STRIPE_SECRET_KEY: TEST, STRIPE_WEBHOOK_SECRET: 'secret-0f3c9d' }],
  [
    'INKWELL_STRIPE_BASE_URL',
    { STRIPE_SECRET_KEY: TEST, INKWELL_STRIPE_BASE_URL: 'https://evil.example' },
  ],
  [
    'INKWELL_STRIPE_BASE_URL',
    { STRIPE_SECRET_KEY: TEST, INKWELL_STRIPE_BASE_URL: 'http://evil.example' },
  ],
  [
    'INKWELL_STRIPE_BASE_URL',
    { FAL_KEY: 'x', STRIPE_SECRET_KEY: LIVE, INKWELL_STRIPE_BASE_URL: 'http://127.0.0.1:9' },
  ],
]

test.each(REFUSED)('%s stops the start for %j, is named, and shows no secret', (name, env) => {
  const secrets = [env['STRIPE_SECRET_KEY'], env['STRIPE_WEBHOOK_SECRET']].filter(Boolean)
  const message = refusalOf(env)
  expect(message).toMatch(new RegExp(`^${name} `))
  for (const secret of secrets) expect(message).not.toContain(secret)
})
