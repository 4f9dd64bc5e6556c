// oxlint-disable-next-line no-unassigned-import -- gives schemas their method openapi
import '@hono/zod-openapi'
import * as z from 'zod'
import { DAY_FORMAT, dayRange, type DayRange } from '../../../usage/days.ts'
import { MODALITIES, OPERATIONS } from '../../../pricing/catalog.ts'
import { CREDIT, money, type Money } from '../../../money.ts'

/** Shapes of the REST API, with FairStack's names. They check requests and generate the OpenAPI document. */
export const MoneyShape = z
  .object({ micro: z.int(), display: z.string(), currency: z.literal('USD') })
  .openapi('Money', { example: money(CREDIT) })

const Day = z
  .string()
  .regex(DAY_FORMAT, 'must be a day such as 2026-02-28')
  .openapi({ format: 'date' })

/** An optional whole number in a query, in plain digits. */
export const wholeNumber = (min: number, max: number) =>
  z
    .string()
    .regex(/^\d{1,7}$/, `must be a whole number from ${min} to ${max}`)
    .transform(Number)
    .pipe(z.int().min(min).max(max))
    .optional()
    .openapi({ type: 'integer', minimum: min, maximum: max })

export const RangeQuery = z.strictObject({ from: Day, to: Day })

export const ErrorShape = z
  .object({
    success: z.literal(false),
    error: z.object({ code: z.string(), message: z.string(), status: z.int(), hint: z.string() }),
    message: z.string(),
  })
  .openapi('Error')

const Counted = z.object({ count: z.int(), cost: MoneyShape })

export const UsageShape = z
  .object({
    from: z.string(),
    to: z.string(),
    total_cost: MoneyShape,
    generation_count: z.int(),
    by_modality: z.array(Counted.extend({ modality: z.enum(MODALITIES) })),
    by_model: z.array(Counted.extend({ model: z.string() })),
  })
  .openapi('Usage')

export const DailyShape = z
  .object({ days: z.array(Counted.extend({ date: z.string() })) })
  .openapi('DailyUsage')

export const TransactionShape = z
  .object({
    id: z.string(),
    type: z.enum(['generation', 'top_up', 'refund']),
    operation: z.enum(OPERATIONS).optional(),
    model: z.string().optional(),
    modality: z.enum(MODALITIES).optional(),
    cost: MoneyShape,
    billing: z.enum(['credits', 'own_key']),
    status: z.string(),
    created_at: z.string(),
  })
  .openapi('Transaction')

export const TransactionsShape = z
  .object({
    transactions: z.array(TransactionShape),
    has_more: z.boolean(),
    cursor: z.string().nullable(),
  })
  .openapi('Transactions')

/** Returns a checked range of days. Throws `invalid_input` for days that do not exist or are in the wrong order. */
export function rangeOf({ from, to }: z.infer<typeof RangeQuery>): DayRange {
  return dayRange(from, to)
}

/** Converts the cost of a breakdown item from micro-USD to its public shape. */
export function counted<T extends { count: number; cost: number }>({
  cost,
  ...rest
}: T): Omit<T, 'cost'> & { cost: Money } {
  return { ...rest, cost: money(cost) }
}
