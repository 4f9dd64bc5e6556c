import type { Hono } from 'hono'
import type { Caller } from '../../accounts/caller.ts'
import { requireScope } from '../../accounts/scopes.ts'
import type { App } from '../../app.ts'
import { listPurchases } from '../../billing/queries.ts'
import { AppError } from '../../errors.ts'
import { centsOfText } from '../../pricing/purchases.ts'
import { sendPage } from '../responses/page.ts'
import { redirectPage } from '../views/checkout.ts'
import type { Purchases } from '../views/purchases.ts'
import type { PageContext, WebEnv } from './env.ts'
import { setFlash, tellOutcome } from './flash.ts'
import { ownForm, type OwnForm } from './form.ts'
import { requireVisitor } from './session.ts'

/** Number of purchases that the page lists. */
const PURCHASES_MAX = 10

/** Returns the latest purchases, and whether this caller may buy. Returns null without a payment service. */
export async function purchasesOf({ billing, db }: App, caller: Caller): Promise<Purchases> {
  if (!billing.configured()) return null
  const rows = await db.read(() => listPurchases(caller.account.id, { limit: PURCHASES_MAX }))
  return {
    mayBuy: caller.scopes.includes('credits:buy'),
    latest: rows.map(
      ({ checkout_id, created_at, credits, bonus, clawed_back, status, receipt_url }) => ({
        checkoutId: checkout_id,
        at: created_at,
        amount: credits - bonus,
        credits,
        takenBack: clawed_back,
        status,
        receiptUrl: receipt_url,
      }),
    ),
  }
}

/**
 * Routes to start, continue and cancel a purchase. Each form answers with a redirect, so that a page can be loaded
 * again; an error is told on the page after it, with what was typed.
 */
export function purchaseRoutes(routes: Hono<WebEnv>): void {
  // Links from elsewhere: a fragment would be lost at signing in.
  routes.get('/buy', async (context) => {
    await requireVisitor(context)
    return context.redirect('/#buy', 303)
  })
  routes.post('/page/buy', async (context) => {
    const { app } = context.var
    const { caller, form } = await buyer(context)
    const amount = form('amount').trim()
    try {
      const cents = centsOfText(amount)
      const { checkout_id } = await app.billing.open({ accountId: caller.account.id, cents })
      if (checkout_id === null) throw noPage()
      return context.redirect(`/page/purchases/${checkout_id}`, 303)
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      const { message, hint } = error
      setFlash(context, { field: 'amount', isError: true, message, hint, value: amount })
      return context.redirect('/#buy', 303)
    }
  })
  routes.get('/page/purchases/:id', async (context) => {
    const { app } = context.var
    const { caller } = await requireVisitor(context)
    requireScope(caller, 'credits:buy')
    const { url } = await app.billing.getPurchase(caller.account.id, context.req.param('id'))
    if (url === null) return context.redirect('/#purchases', 303)
    return await sendPage(context, redirectPage(app.mode, url))
  })
  routes.post('/page/purchases/:id/cancel', async (context) => {
    const { app } = context.var
    const { caller } = await buyer(context)
    await tellOutcome(context, async () => {
      const { status } = await app.billing.cancel(caller.account.id, context.req.param('id'))
      return { isError: status === 'pending', ...wordsAfterCancel(status) }
    })
    return context.redirect('/#purchases', 303)
  })
}

function wordsAfterCancel(status: string): { message: string; hint: string } {
  if (status === 'expired')
    return {
      message: 'The purchase is cancelled.',
      hint: 'Nothing was paid, and its link is dead.',
    }
  if (status === 'pending')
    return {
      message: 'The purchase could not be cancelled now.',
      hint: 'Its payment may be on its way. Try again in a moment.',
    }
  return {
    message: `The purchase is ${status.replaceAll('_', ' ')}.`,
    hint: 'It could not be cancelled any more.',
  }
}

/** Returns the visitor who sent a form, and its fields. Throws `forbidden` for one who may not buy. */
async function buyer(context: PageContext): Promise<OwnForm> {
  const sent = await ownForm(context)
  requireScope(sent.caller, 'credits:buy')
  return sent
}

function noPage(): AppError {
  return new AppError(
    'upstream_unavailable',
    'The payment service gave no page for this purchase.',
    { hint: 'Try again in a moment.' },
  )
}
