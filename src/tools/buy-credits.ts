import * as z from 'zod'
import type { PurchaseTable } from '../db/schema/billing.ts'
import { showPurchase, type PurchaseShape } from '../billing/shapes.ts'
import { AppError } from '../errors.ts'
import { display, displayCents } from '../money.ts'
import {
  BONUS_FROM,
  BONUS_PERCENT,
  centsOf,
  PURCHASE_MAX,
  PURCHASE_MIN,
} from '../pricing/purchases.ts'
import { ShownPurchase } from './shown-shapes.ts'
import { defineTool, type Call, type ElicitationAnswer, type Reply, type Services } from './tool.ts'

/** Smallest and largest purchase, in US dollars. */
const [LEAST, MOST] = [PURCHASE_MIN / 100, PURCHASE_MAX / 100]

/** Time reserved to deliver the result before the client gives up, in milliseconds. */
const SPARE_MS = 5_000

export const buyCredits = defineTool({
  name: 'buyCredits',
  title: 'Buy credits',
  description:
    'Starts a purchase of credits and answers the link to a payment page for the person you work for, or tells how a purchase stands. It never pays and never changes the balance by itself.',
  kind: 'buys',
  scope: 'credits:buy',
  input: z.strictObject({
    amountUsd: z
      .number()
      .meta({ minimum: LEAST, maximum: MOST })
      .refine(
        (usd) => usd >= LEAST,
        `must be at least ${LEAST}: the minimum purchase is ${displayCents(PURCHASE_MIN)}`,
      )
      .refine((usd) => usd <= MOST, `must be at most ${MOST}: that is the maximum purchase`)
      .refine((usd) => !Number.isNaN(centsOf(usd)), 'must be whole cents, in steps of 0.01')
      .describe(
        `US dollars in whole cents, ${LEAST}–${MOST.toLocaleString('en-US')}; ${BONUS_PERCENT} % more credits from ${BONUS_FROM / 100} on.`,
      )
      .optional(),
    checkoutId: z
      .string()
      .trim()
      .min(1)
      .max(200)
      .describe('Ask about this purchase instead of starting one.')
      .optional(),
  }),
  output: ShownPurchase,
  async handle({ amountUsd, checkoutId }, call, services) {
    const accountId = call.caller.account.id
    if (checkoutId !== undefined && amountUsd === undefined)
      return reply(await services.billing.getPurchase(accountId, checkoutId), services)
    if (amountUsd === undefined || checkoutId !== undefined) throw bothOrNeither()
    if (call.elicitationAnswer !== undefined)
      return reply(await purchaseAfterAnswer(call.elicitationAnswer, call, services), services)
    await services.ready(call.caller)
    const purchase = await services.billing.open({ accountId, cents: centsOf(amountUsd) })
    const { checkout_id: reference, url } = purchase
    if (url !== null && reference !== null)
      call.elicitUrl?.({ url, reference, message: `Pay ${priceOf(purchase, services)}.` })
    return reply(purchase, services)
  },
})

/** Waits for the payment if the page was accepted. A refusal proves nothing: a client may decline without asking a person. */
async function purchaseAfterAnswer(
  { reference, action }: ElicitationAnswer,
  { caller, signal, maxWaitMs }: Call,
  { billing }: Services,
): Promise<PurchaseTable> {
  const { id } = caller.account
  if (action !== 'accept') return await billing.getPurchase(id, reference)
  const waited = await billing.wait(id, reference, { signal, timeoutMs: maxWaitMs - SPARE_MS })
  return waited.purchase
}

function reply(purchase: PurchaseTable, { mode }: Services): Reply {
  const shown = showPurchase(purchase)
  return {
    content: [{ type: 'text', text: textOf(shown, priceOf(purchase, { mode })) }],
    structured: purchase.status === 'pending' ? { ...shown, hint: GIVE_LINK } : shown,
  }
}

/** Returns text such as `$50.00 for $55.00 of credits`. */
function priceOf({ credits, bonus }: PurchaseTable, { mode }: Pick<Services, 'mode'>): string {
  const kind = mode === 'test' ? 'test credits (test money: no card is charged)' : 'credits'
  return `${display(credits - bonus)} for ${display(credits)} of ${kind}`
}

function textOf({ checkout }: z.infer<typeof PurchaseShape>, price: string): string {
  const { id, url, status, expiresAt } = checkout
  if (status === 'pending') {
    return `Not paid yet: ${price}. The link: ${url} It can be used until ${expiresAt}; the checkoutId is ${id}. ${GIVE_LINK} The credits are added by themselves.`
  }
  return `${WORDS[status] ?? status} (${price}, ${id}).`
}

const GIVE_LINK =
  'Give the link to the person you work for, unchanged; then call buyCredits with the checkoutId to see whether it is paid.'

const WORDS: Readonly<Record<string, string>> = {
  completed: 'Paid: the credits are on the balance',
  failed: 'The payment failed and no credits were added; start another purchase',
  expired: 'The link expired without a payment; start another purchase',
  partially_refunded: 'Paid and refunded in part: that part of the credits was taken back',
  refunded: 'Refunded: the credits were taken back',
  disputed: 'Disputed: the credits were taken back',
}

function bothOrNeither(): AppError {
  return new AppError('invalid_input', 'Give either amountUsd or checkoutId.', {
    hint: 'amountUsd starts a purchase; checkoutId asks about one.',
  })
}
