import * as z from 'zod'
import { MoneyShape } from '../usage/shapes.ts'

/**
 * The output schemas that clients see. They are short and list only the fields that programs need most.
 * Results have more fields. A refused call has only `error`, so no field is required.
 */
const error = z.object({ code: z.string(), message: z.string(), hint: z.string() })
/** Short, because schemas cost tokens in every conversation. */
const CostShape = MoneyShape.omit({ currency: true })
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
