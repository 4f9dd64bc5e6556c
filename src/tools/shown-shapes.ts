import { z } from 'zod'
import { CostShape } from '../usage/shapes.ts'

/**
 * The shapes of results as clients are told of them: what a program would reach for, in few words. Each
 * result has more, and `error` in place of all of it where a call was refused; nothing is required.
 */
const error = z.object({ code: z.string(), message: z.string(), hint: z.string() })
const output = z.object({ assetId: z.string(), uri: z.string() })

export const ShownResult = z
  .object({
    id: z.string(),
    status: z.string(),
    outputs: z.array(output),
    cost: CostShape,
    balance: CostShape,
    error,
  })
  .partial()

export const ShownUsage = z
  .object({
    balance: z.object({ available: CostShape }),
    usage: z.object({ totalCost: CostShape }),
    error,
  })
  .partial()

export const ShownPurchase = z
  .object({
    checkout: z.object({ id: z.string(), status: z.string() }),
    credits: CostShape,
    error,
  })
  .partial()
