import { Hono, type Context } from 'hono'
import * as z from 'zod'
import type { TestCheckoutPage, TestCheckout } from '../../billing/service.ts'
import { AppError } from '../../errors.ts'
import { findAccount } from '../../ledger/queries/account.ts'
import { creditsFor } from '../../pricing/purchases.ts'
import { sendPage } from '../responses/page.ts'
import { testCheckoutPage } from '../views/checkout.ts'
import type { CheckoutEnv } from './env.ts'

const Form = z.object({ do: z.enum(['pay', 'cancel', 'expire']) })

/** Routes of the test checkout page. It exists only if the test checkout replaces Stripe. */
export function testCheckoutRoutes(): Hono<CheckoutEnv> {
  const routes = new Hono<CheckoutEnv>()
  routes.get('/test-checkout/:token', async (context) => {
    const { cents, status, accountId } = (await find(context)).checkout
    const [account] = await context.var.app.db.read(() => findAccount({ id: accountId }))
    const { name = accountId, debt = 0 } = account ?? {}
    const purchase = { ...creditsFor(cents), status, accountName: name, debt }
    return await sendPage(context, testCheckoutPage(purchase))
  })
  routes.post('/test-checkout/:token', async (context) => {
    const { page, token, checkout } = await find(context)
    const form = Form.safeParse(await context.req.parseBody())
    if (!form.success) throw notFound()
    if (form.data.do === 'cancel')
      return context.redirect(`/billing/return?cancelled=${checkout.purchaseId}`, 303)
    await page.close(token, form.data.do === 'pay' ? 'paid' : 'expired')
    return context.redirect(`/billing/return?checkout=${checkout.id}`, 303)
  })
  return routes
}

async function find(
  context: Context<CheckoutEnv>,
): Promise<{ page: TestCheckoutPage; token: string; checkout: TestCheckout }> {
  const page = await context.var.app.testCheckoutPage()
  const token = context.req.param('token') ?? ''
  const checkout = page === null ? null : await page.find(token)
  if (page === null || checkout === null) throw notFound()
  return { page, token, checkout }
}

function notFound(): AppError {
  return new AppError('not_found', 'There is no such payment page.', {
    hint: 'Start another purchase: each has a page of its own.',
  })
}
