import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import { ARGS, COMMAND, examine, inkwell, REPOSITORY, temporaryHome } from '../support/app.ts'
import { startStripeEmulator } from '../services/stripe/emulator.ts'

test('inkwell billing buy at Stripe: prints the page, waits, and tells the new balance; the key is nowhere', async () => {
  await using stripe = await startStripeEmulator()
  using home = temporaryHome({
    STRIPE_SECRET_KEY: stripe.key,
    INKWELL_STRIPE_BASE_URL: stripe.url,
    INKWELL_LOG_LEVEL: 'trace',
  })
  const child = spawn(COMMAND, [...ARGS, 'billing', 'buy', '-a', '100'], {
    cwd: REPOSITORY,
    env: home.env,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const stderr = text(child.stderr)
  const exit = once(child, 'close') as Promise<[number | null]>
  const lines: string[] = []
  for await (const line of createInterface({ input: child.stdout })) {
    lines.push(line)
    const [id] = stripe.books.sessions.keys()
    if (line.includes('Waiting') && id !== undefined) stripe.pay(id)
  }
  expect((await exit)[0]).toBe(0)
  const [session] = stripe.books.sessions.values()
  expect(lines).toEqual([
    '  $100.00 for $110.00 of test credits (test money: no card is charged)',
    '',
    '  Send this to your human:',
    expect.stringMatching(/^ {2}https:\/\/checkout\.stripe\.com\/c\/pay\/cs_test_\w+#fid/),
    '',
    '  Waiting for the payment…',
    '  Payment successful! New balance: $115.00',
  ])
  expect(session).toMatchObject({ amount_total: 10_000, client_reference_id: 'acct_local' })
  expect(lines.join('\n') + (await stderr)).not.toContain(stripe.key)
  expect(await examine(home)).toMatchObject({ available: 115_000_000, difference: null })
  const { stdout } = await inkwell(home, ['billing', 'invoices'])
  expect(stdout).toMatch(/\$100\.00 +completed +https:\/\/pay\.stripe\.com\/receipts\/ch_/)
  expect(stripe.mistakes).toEqual([])
})

test('a key that Stripe does not take says so, without showing it', async () => {
  await using stripe = await startStripeEmulator()
  const key = 'sk_test_wrong0f3c9d'
  using home = temporaryHome({ STRIPE_SECRET_KEY: key, INKWELL_STRIPE_BASE_URL: stripe.url })
  const { code, stdout, stderr } = await inkwell(home, ['billing', 'buy', '-a', '5'])
  expect(code).toBe(1)
  expect(stderr).toContain('Stripe does not accept the key of this server.')
  expect(stdout + stderr).not.toContain(key)
})
