import type { NamedMutant } from './mutant.ts'
import type { Suite } from './mutation.ts'

const SETTLE = 'billing/fulfill.ts'
const SYNC = 'billing/reconcile.ts'
const ROWS = 'billing/queries.ts'
const EVENTS = 'billing/events.ts'
const RETURNED = 'billing/stripe/returned.ts'
const SIGNATURE = 'billing/stripe/signature.ts'
const WEBHOOK = 'server/http/webhook.ts'

/** The guards whose loss would cost most: the tests break them in every run. */
export const BILLING_MUTANTS: readonly NamedMutant[] = [
  {
    name: 'a complete session passes for a paid one',
    file: SETTLE,
    from: "checkout.paymentStatus !== 'paid'",
    to: "checkout.status !== 'complete'",
    test: 'paying',
    by: 'a complete but unpaid session',
  },
  {
    name: 'the amount is not compared',
    file: SETTLE,
    from: 'checkout.cents !== purchase.cents || ',
    to: '',
    test: 'paying',
    by: 'whose amount differs',
  },
  {
    name: 'test money passes for real money and the other way round',
    file: SETTLE,
    from: "live !== (mode === 'live') || ",
    to: '',
    test: 'webhook',
    by: 'money of another mode',
  },
  {
    name: 'any account gets the credits',
    file: SETTLE,
    from: 'if (purchase.account_id !== checkout.accountId) return null',
    to: '',
    test: 'paying',
    by: 'the purchase of another account',
  },
  {
    name: 'each event takes a refund again',
    file: SYNC,
    from: 'const target = creditsReturned(',
    to: 'const target = purchase.clawed_back + creditsReturned(',
    test: 'returns',
    by: 'a redelivered refund',
  },
  {
    name: 'more is taken back than was given',
    file: 'pricing/purchases.ts',
    from: 'BigInt(Math.min(returned, cents))',
    to: 'BigInt(returned)',
    test: 'returns',
    by: 'a dispute takes back',
  },
  {
    name: 'a dispute that was won counts',
    file: RETURNED,
    from: "'needs_response',\n",
    to: "'needs_response',\n  'won',\n",
    test: 'returns',
    by: 'a dispute takes back',
  },
  {
    name: 'failures are answered as done',
    file: WEBHOOK,
    from: '(await context.req.text(), signature)',
    to: '(await context.req.text(), signature).catch(() => {})',
    test: 'webhook',
    by: 'a body that was read and written again',
  },
]

/** The other guards between a payment and its credits: broken by `npm run stress:billing`. */
export const MORE_BILLING_MUTANTS: readonly NamedMutant[] = [
  {
    name: 'the currency is not compared',
    file: SETTLE,
    from: ' || checkout.currency !== CURRENCY',
    to: '',
    test: 'paying',
  },
  {
    name: 'any session pays for any purchase',
    file: ROWS,
    from: ".where((eb) => eb.or([eb('checkout_id', 'is', null), eb('checkout_id', '=', p.checkout_id)]))",
    to: '',
    test: 'paying',
  },
  {
    name: 'payments of other products count',
    file: SETTLE,
    from: "metadata['app'] !== APP",
    to: 'false',
    test: 'webhook',
  },
  {
    name: 'payments of other installs count',
    file: SETTLE,
    from: "return metadata['install'] === (await install())",
    to: 'return (await install()) !== undefined',
    test: 'webhook',
  },
  {
    name: 'a refund that came before the payment is forgotten',
    file: SETTLE,
    from: 'await reconcileRefunds(deps, settled.payment_intent)',
    to: 'await deps.install()',
    test: 'returns',
  },
  {
    name: 'disputes take nothing',
    file: SYNC,
    from: 'returned.refunded + returned.disputed',
    to: 'returned.refunded',
    test: 'returns',
  },
  {
    name: 'the bonus is kept',
    file: 'pricing/purchases.ts',
    from: 'BigInt(credits) * part',
    to: 'BigInt(cents * MICRO_PER_CENT) * part',
    test: 'returns',
  },
  {
    name: 'a refund that failed counts',
    file: RETURNED,
    from: "'succeeded', 'pending'",
    to: "'failed', 'succeeded', 'pending'",
    test: 'returns',
  },
  {
    name: 'an inquiry counts',
    file: RETURNED,
    from: "'needs_response',\n",
    to: "'needs_response',\n  'warning_needs_response',\n",
    test: 'returns',
  },
  {
    name: 'a session is asked for without a key of its own',
    file: 'billing/stripe.ts',
    from: '(createParams(order), { idempotencyKey })',
    to: '(createParams(order))',
    test: 'opening.long',
  },
  {
    name: 'a repeated request drifts',
    file: 'billing/stripe/session.ts',
    from: 'Math.floor(order.expires_at / 1_000)',
    to: 'Math.floor(Date.now() / 1_000) + 7_200 + Math.ceil(Math.random() * 3_600)',
    test: 'opening.long',
  },
  {
    name: 'any number of purchases may be open',
    file: 'billing/open.ts',
    from: 'OPEN_MAX = 3',
    to: 'OPEN_MAX = 30',
    test: 'opening.long',
  },
  {
    name: 'deliveries from the future are taken',
    file: SIGNATURE,
    from: 'Math.abs(at - Date.now() / 1_000)',
    to: '0 * at',
    test: 'webhook',
  },
  {
    name: 'an event that fails stops those behind it',
    file: EVENTS,
    from: 'await db.write(() => insertDeadLetter(event, now()))',
    to: 'throw error',
    test: 'no-webhook',
  },
]

/** The tests of buying that look for damages. The whole copy runs two of them: the others run anyway. */
export const BILLING_SUITE: Suite<NamedMutant> = {
  room: 'billing',
  tests: ['paying', 'webhook'],
  testsFor: ({ test }) => [test],
}
