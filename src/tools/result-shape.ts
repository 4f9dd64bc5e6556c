import * as z from 'zod'
import { OPERATIONS } from '../pricing/catalog.ts'
import { BindingShape, MoneyShape, SessionShape } from '../usage/shapes.ts'

/** One file of a result. */
export const OutputShape = z.object({
  assetId: z.string(),
  uri: z.string(),
  path: z.string().nullable(),
  url: z.string().nullable(),
  mimeType: z.string(),
  width: z.number().nullable(),
  height: z.number().nullable(),
  bytes: z.number(),
  sha256: z.string(),
  /** When the file is removed, or was; null if it is kept for ever. */
  expiresAt: z.string().nullable(),
})

const ErrorShape = z.looseObject({
  code: z.string(),
  message: z.string(),
  hint: z.string(),
  retryable: z.boolean(),
  charged: MoneyShape,
})

/** The result of every paid tool. A quote has no id and no outputs. */
export const PaidResultShape = z.object({
  id: z.string().optional(),
  status: z.enum(['completed', 'running', 'unknown', 'failed', 'quoted']),
  operation: z.enum(OPERATIONS),
  model: z.string(),
  provider: z.string(),
  mode: z.enum(['test', 'live']),
  billing: z.enum(['credits', 'own_key']),
  priceSource: z.enum(['catalog', 'operator', 'parent', 'upstream', 'default']),
  replayed: z.boolean().optional(),
  outputs: z.array(OutputShape).optional(),
  notes: z.array(z.string()).optional(),
  adjusted: z.array(z.string()).optional(),
  dropped: z.array(z.string()).optional(),
  /** In a quote for `run`: the input fields of the model. */
  inputs: z.array(z.string()).optional(),
  honoured: z.array(z.string()).optional(),
  notHonoured: z.array(z.string()).optional(),
  /** What a local model chose where the prompt says nothing. */
  chosen: z.array(z.string()).optional(),
  cost: MoneyShape,
  balance: MoneyShape,
  lowBalance: z.boolean(),
  session: SessionShape,
  bindingLimit: BindingShape.optional(),
  allowed: z.boolean().optional(),
  refusal: ErrorShape.nullable().optional(),
  error: ErrorShape.optional(),
  hint: z.string().optional(),
})
