import { z } from 'zod'
import { AppError } from '../errors.ts'
import { MoneyShape } from '../usage/shapes.ts'
import { defineTool } from './tool.ts'

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
      .min(5)
      .max(10_000)
      .multipleOf(0.01)
      .describe('Amount in US dollars, from $5; 10 % more credits from $50 on.')
      .optional(),
    checkoutId: z
      .string()
      .min(4)
      .max(200)
      .describe('Ask about this purchase instead of starting one.')
      .optional(),
  }),
  output: z.object({
    checkout: z.object({
      id: z.string(),
      url: z.string().nullable(),
      status: z.string(),
      expiresAt: z.string().nullable(),
    }),
    amount: MoneyShape,
    bonus: MoneyShape,
    credits: MoneyShape,
  }),
  async handle({ amountUsd, checkoutId }) {
    if ((amountUsd === undefined) === (checkoutId === undefined)) {
      throw new AppError('invalid_input', 'Give either amountUsd or checkoutId.', {
        hint: 'amountUsd starts a purchase; checkoutId asks about one.',
      })
    }
    throw new AppError(
      'billing_not_configured',
      'No payment service is configured on this server.',
      {
        hint: 'Go on with the credits that are left, or set INKWELL_FAL_KEY to use your own fal.ai account.',
      },
    )
  },
})
