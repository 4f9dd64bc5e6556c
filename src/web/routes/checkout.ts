import { Hono } from 'hono'
import type { PurchaseStatus } from '../../db/schema/billing.ts'
import { sendPage } from '../responses/page.ts'
import { outcomePage, type Outcome } from '../views/checkout.ts'
import type { CheckoutEnv } from './env.ts'
import { hasSessionCookie } from './session.ts'
import { testCheckoutRoutes } from './test-checkout.ts'

const CANCELLED: Outcome = {
  title: 'Payment was cancelled',
  text: 'No charges were made. The link can still be used.',
}
const UNKNOWN: Outcome = {
  title: 'Nothing to show',
  text: 'This page belongs to no purchase of this server.',
}
const PENDING: Outcome = {
  title: 'Payment is on its way',
  text: 'The credits are added as soon as it has arrived. You can close this page.',
}
const PAID: Outcome = {
  title: 'Payment received',
  text: 'The credits are on the balance. You can close this page and go back to your agent.',
}
const OUTCOMES: Readonly<Record<PurchaseStatus, Outcome>> = {
  pending: PENDING,
  completed: PAID,
  partially_refunded: PAID,
  refunded: { title: 'Payment was refunded', text: 'The credits were taken back.' },
  disputed: { title: 'Payment is disputed', text: 'The credits were taken back.' },
  failed: { title: 'Payment failed', text: 'No credits were added. Ask for a new link.' },
  expired: { title: 'The link has expired', text: 'Nothing was paid. Ask for a new one.' },
}

/**
 * Routes for a person who buys credits: the test checkout, and the page after every payment page. Returning to it
 * proves no payment, so it asks the payment service. The page shows nothing about the account.
 */
export function checkoutRoutes(): Hono<CheckoutEnv> {
  const routes = new Hono<CheckoutEnv>()
  routes.get('/billing/return', async (context) => {
    const { app } = context.var
    const cancelled = context.req.query('cancelled')
    if (cancelled !== undefined) app.billing.markCancelled(cancelled)
    const outcome = cancelled === undefined ? await outcomeOf() : CANCELLED
    return await sendPage(context, outcomePage(app.mode, outcome, hasSessionCookie(context)))

    async function outcomeOf(): Promise<Outcome> {
      try {
        const purchase = await app.billing.returnFromCheckout(context.req.query('checkout') ?? '')
        return purchase === null ? UNKNOWN : OUTCOMES[purchase.status]
      } catch (error) {
        app.log.warn('return.unsettled', { error }) // the timer or a webhook settles it later
        return PENDING
      }
    }
  })
  routes.route('/', testCheckoutRoutes())
  return routes
}
