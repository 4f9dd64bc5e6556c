import type { Caller } from '../accounts/caller.ts'
import { AppError, type ErrorCode } from '../errors.ts'
import { lower } from '../ledger/rules.ts'
import { display, money, type Micro } from '../money.ts'
import type { Quote } from '../pricing/quote.ts'
import type { ProviderRequest } from '../providers/provider.ts'
import { affordable } from './affordable.ts'
import { leftFor } from './left.ts'
import type { GenerationDeps } from './perform.ts'
import type { PaidRequest } from './request.ts'

/** Throws `max_cost_exceeded` where the price is above what the call allows. */
export function assertWithinMax({ price }: Quote, maxCost: Micro | null): void {
  if (maxCost === null || price <= maxCost) return
  throw new AppError(
    'max_cost_exceeded',
    `This costs ${display(price)}, above the maxCostUsd of ${display(maxCost)}.`,
    {
      hint: 'Raise maxCostUsd, choose a cheaper model or ask for fewer outputs.',
      facts: { required: money(price), limit: money(maxCost), scope: 'call' },
    },
  )
}

/** Refusals for want of money, which name what could be had instead. */
const MONEY: ReadonlySet<ErrorCode> = new Set([
  'max_cost_exceeded',
  'insufficient_credits',
  'session_budget_exceeded',
  'key_budget_exceeded',
  'daily_budget_exceeded',
  'monthly_limit_exceeded',
])

type Refused = {
  request: PaidRequest | ProviderRequest
  caller: Caller
  maxCost: Micro | null
}

/** Adds to a refusal for want of money what could still be had with what is left. */
export async function withAffordable<T>(
  { db, rates, now }: Pick<GenerationDeps, 'db' | 'rates' | 'now'>,
  { request, caller, maxCost }: Refused,
  body: () => Promise<T>,
): Promise<T> {
  try {
    return await body()
  } catch (error) {
    if (!(error instanceof AppError) || !MONEY.has(error.code)) throw error
    const left = lower(await db.read(() => leftFor(caller, now())), maxCost)
    const facts = {
      ...error.facts,
      affordable: affordable(request, rates, { left: left ?? Infinity, allows: () => true }),
    }
    throw new AppError(error.code, error.message, { hint: error.hint, facts })
  }
}

/** The caller gave up before anything was held. */
export function cancelled(): AppError {
  return new AppError(
    'cancelled',
    'The call was cancelled before any work began; nothing was charged.',
    {
      hint: 'Call the tool again if the image is still wanted.',
    },
  )
}

/** No provider for the model can be reached from this process. */
export function noProvider(): AppError {
  return new AppError(
    'upstream_unavailable',
    'This server has no access to the image service of that model.',
    {
      hint: 'Set FAL_KEY or INKWELL_FAL_KEY, or unset both to use test mode.',
    },
  )
}
