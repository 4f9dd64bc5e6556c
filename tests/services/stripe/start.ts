/**
 * Runs the emulator of Stripe until its input ends (Ctrl-D):
 * `node tests/services/stripe/start.ts [--port 8702] [--webhook http://127.0.0.1:8787/webhooks/stripe]`.
 * Prints the settings that point Inkwell at it. A line on stdin is what a buyer, a seller or a bank does.
 */
import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'
import { startStripeEmulator, WEBHOOK_SECRET, type StripeEvent } from './emulator.ts'
import type { Fault } from './fault.ts'

const { values } = parseArgs({
  options: { port: { type: 'string', default: '8702' }, webhook: { type: 'string' } },
})
await using stripe = await startStripeEmulator({ port: Number(values.port) })
const say = (text: string): void => void process.stdout.write(`${text}\n`)
const inject = (address: string, json: string): StripeEvent[] => {
  stripe.injectFaults(address, [JSON.parse(json) as Fault])
  return []
}

const ACTS: [RegExp, (first: string, second: string) => StripeEvent[]][] = [
  [/^pay (cs_\w+)$/, (id) => stripe.pay(id)],
  [/^pay-later (cs_\w+)$/, (id) => stripe.pay(id, { later: true })],
  [/^(succeed|fail) (cs_\w+)$/, (end, id) => stripe.endLater(id, end === 'succeed')],
  [/^expire (cs_\w+)$/, (id) => stripe.expire(id)],
  [/^refund (cs_\w+) (\d+)$/, (id, cents) => stripe.refund(stripe.paymentOf(id), +cents).events],
  [/^dispute (cs_\w+) (\d+)$/, (id, cents) => stripe.dispute(stripe.paymentOf(id), +cents).events],
  [/^fault ((?:GET|POST) \S+) (\{.*\})$/, inject],
]

/** Does what a line says. Returns the events of it. Throws for a line that nothing fits. */
function act(line: string): StripeEvent[] {
  for (const [pattern, perform] of ACTS) {
    const [, first, second = ''] = pattern.exec(line) ?? []
    if (first !== undefined) return perform(first, second)
  }
  throw new RangeError('pay, pay-later, succeed, fail, expire, refund, dispute or fault')
}

/** Delivers an event to the webhook, if there is one. */
async function announce(event: StripeEvent): Promise<void> {
  if (values.webhook === undefined) return say(event.type)
  const { body, signature } = stripe.sign(event)
  const headers = { 'stripe-signature': signature, 'content-type': 'application/json' }
  const { status } = await fetch(values.webhook, { method: 'POST', body, headers })
  say(`${event.type}: the webhook answered ${status}`)
}

say(`export INKWELL_STRIPE_BASE_URL=${stripe.url}`)
say(`export STRIPE_SECRET_KEY=${stripe.key}`)
say(`export STRIPE_WEBHOOK_SECRET=${WEBHOOK_SECRET}`)
for await (const line of createInterface({ input: process.stdin })) {
  try {
    for (const event of act(line.trim())) await announce(event)
  } catch (error) {
    say(error instanceof Error ? error.message : String(error))
  }
}
