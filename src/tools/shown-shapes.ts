import { z } from 'zod'

/**
 * The shapes of results as clients are told of them: what a program would reach for, in few words. Each
 * result has more, and `error` in place of all of it where a call was refused; nothing is required.
 */
const amount = z.object({ micro: z.number(), display: z.string() })
const error = z.object({ code: z.string(), message: z.string(), hint: z.string() })
const output = z.object({ assetId: z.string(), uri: z.string() })

export const ShownResult = z
  .object({
    id: z.string(),
    status: z.string(),
    outputs: z.array(output),
    cost: amount,
    balance: amount,
    error,
  })
  .partial()

export const ShownUsage = z
  .object({
    balance: z.object({ available: amount }),
    usage: z.object({ totalCost: amount }),
    error,
  })
  .partial()

export const ShownPurchase = z
  .object({
    checkout: z.object({ id: z.string(), status: z.string() }),
    credits: amount,
    error,
  })
  .partial()
