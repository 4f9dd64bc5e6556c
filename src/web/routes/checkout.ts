import { Hono, type Context } from 'hono'
import { findPageSession } from '../../accounts/page-sessions.ts'
import type { PurchaseTable } from '../../db/schema/billing.ts'
import { findAccount } from '../../ledger/queries/account.ts'
import { display } from '../../money.ts'
import { sendPage } from '../responses/page.ts'
import { outcomePage, type Outcome } from '../views/checkout.ts'
import type { CheckoutEnv } from './env.ts'
import { sessionTokenOf } from './session.ts'
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
const UNPAID: Readonly<Record<'failed' | 'expired', Outcome>> = {
  failed: { title: 'Payment failed', text: 'No credits were added. Ask for a new link.' },
  expired: { title: 'The link has expired', text: 'Nothing was paid. Ask for a new one.' },
}
const TAKEN_BACK: Readonly<Record<'refunded' | 'disputed', Outcome>> = {
  refunded: { title: 'Payment was refunded', text: 'The credits were taken back.' },
  disputed: { title: 'Payment is disputed', text: 'The credits were taken back.' },
}

/**
 * Routes for a person who buys credits: the test checkout, and the page after every payment page. Returning to it
 * proves no payment, so it asks the payment service. The page shows the balance only to a visitor of the account who is
 * signed in, and on this machine.
 */
export function checkoutRoutes(): Hono<CheckoutEnv> {
  const routes = new Hono<CheckoutEnv>()
  routes.get('/billing/return', async (context) => {
    const { app } = context.var
    const cancelled = context.req.query('cancelled')
    if (cancelled !== undefined) app.billing.markCancelled(cancelled)
    const outcome = cancelled === undefined ? await outcomeOf() : CANCELLED
    return await sendPage(
      context,
      outcomePage(app.mode, outcome, sessionTokenOf(context) !== undefined),
    )

    async function outcomeOf(): Promise<Outcome> {
      try {
        const purchase = await app.billing.returnFromCheckout(context.req.query('checkout') ?? '')
        return purchase === null ? UNKNOWN : await wordsOf(context, purchase)
      } catch (error) {
        app.log.warn('return.unsettled', { error }) // the timer or a webhook settles it later
        return PENDING
      }
    }
  })
  routes.route('/', testCheckoutRoutes())
  return routes
}

async function wordsOf(
  context: Context<CheckoutEnv>,
  { status, account_id, credits, bonus }: PurchaseTable,
): Promise<Outcome> {
  if (status === 'pending') return PENDING
  if (status === 'failed' || status === 'expired') return UNPAID[status]
  if (status === 'refunded' || status === 'disputed') return TAKEN_BACK[status]
  const { app } = context.var
  const ofBonus = bonus > 0 ? `, ${display(bonus)} of them as a bonus` : ''
  const text = `${display(credits - bonus)} was paid and brought ${display(credits)} of credits${ofBonus}.`
  const [account] = (await maySeeBalance(context, account_id))
    ? await app.db.read(() => findAccount({ id: account_id }))
    : []
  const owed =
    account === undefined || account.debt === 0 ? '' : ` ${display(account.debt)} is still owed.`
  return {
    title: 'Payment received',
    text: `${text}${owed} You can close this page and go back to your agent.`,
    ...(account !== undefined && { balance: account.available }),
  }
}

async function maySeeBalance(context: Context<CheckoutEnv>, accountId: string): Promise<boolean> {
  const { app, isOwnMachine } = context.var
  if (isOwnMachine) return true
  const token = sessionTokenOf(context)
  if (token === undefined) return false
  const principal = await app.db.read(() => findPageSession(token, app.now()))
  return principal?.account.id === accountId
}
