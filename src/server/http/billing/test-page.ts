import type { Context, Hono } from 'hono'
import { html } from 'hono/html'
import { z } from 'zod'
import type { TestBill, TestTill } from '../../../billing/service.ts'
import { AppError } from '../../../errors.ts'
import { display } from '../../../money.ts'
import { offerFor } from '../../../pricing/purchases.ts'
import type { HttpEnv } from '../env.ts'
import { page, pageHeaders } from './page.ts'

const Form = z.object({ do: z.enum(['pay', 'cancel', 'expire']) })

/** The page of the test checkout. It is there only where the test checkout stands in for Stripe. */
export function testPage(api: Hono<HttpEnv>): void {
  api.get('/test-checkout/:token', async (context) => {
    const { bill } = await billOf(context)
    return context.html(showBill(bill), 200, pageHeaders())
  })
  api.post('/test-checkout/:token', async (context) => {
    const { till, token, bill } = await billOf(context)
    const form = Form.safeParse(await context.req.parseBody())
    if (!form.success) throw noSuchPage()
    if (form.data.do === 'cancel')
      return context.redirect(`/billing/return?cancelled=${bill.purchaseId}`, 303)
    await till.close(token, form.data.do === 'pay' ? 'paid' : 'expired')
    return context.redirect(`/billing/return?checkout=${bill.checkoutId}`, 303)
  })
}

async function billOf(
  context: Context<HttpEnv>,
): Promise<{ till: TestTill; token: string; bill: TestBill }> {
  const till = await context.var.app.till()
  const token = context.req.param('token') ?? ''
  const bill = till === null ? null : await till.find(token)
  if (till === null || bill === null) throw noSuchPage()
  return { till, token, bill }
}

function showBill({ cents, status }: TestBill): ReturnType<typeof html> {
  const { amount, bonus, credits } = offerFor(cents)
  const body = html` <h1>Buy credits</h1>
    <p class="soft">for image tools of your agents</p>
    <p class="amount">${display(amount)}</p>
    <dl>
      ${bonus > 0 ? bonusRow(display(bonus)) : ''}
      <dt class="total">Test credits</dt>
      <dd class="total">${display(credits)}</dd>
    </dl>
    ${status === 'open' ? BUTTONS : html`<p>This purchase is ${status}.</p>`}`
  return page({ title: 'Buy credits', test: true, body })
}

const bonusRow = (amount: string): ReturnType<typeof html> =>
  html`<dt>Bonus</dt>
    <dd>${amount}</dd>`

const BUTTONS = html`<form method="post">
  <button class="pay" name="do" value="pay">Pay with test money</button>
  <div class="others">
    <button name="do" value="cancel">Cancel</button>
    <button name="do" value="expire">Expire</button>
  </div>
</form>`

function noSuchPage(): AppError {
  return new AppError('not_found', 'There is no such payment page.', {
    hint: 'Start another purchase: each has a page of its own.',
  })
}
