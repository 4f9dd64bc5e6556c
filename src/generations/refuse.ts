import type { ListedCaller } from '../accounts/caller.ts'
import { AppError, waitSeconds, type ErrorCode } from '../errors.ts'
import { lower } from '../ledger/rules.ts'
import { display, money, type Micro } from '../money.ts'
import { mayUse } from '../pricing/model-list.ts'
import type { Quote } from '../pricing/quote.ts'
import type { ProviderRequest } from '../providers/provider.ts'
import { affordable } from './affordable.ts'
import { heldUntil, leftFor } from './left.ts'
import type { GenerationDeps } from './deps.ts'
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
  caller: ListedCaller
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
    const at = now()
    const { left, freeAt } = await db.read(function* standing() {
      return {
        left: lower(yield* leftFor(caller, at), maxCost),
        freeAt: yield* heldUntil(error, caller.account.id),
      }
    })
    const facts = {
      ...error.facts,
      affordable: affordable(request, rates, {
        left: left ?? Infinity,
        allows: (model) => mayUse(caller.models, model),
      }),
      ...(freeAt !== null && { retryAfterSeconds: waitSeconds(freeAt - at) }),
    }
    const { hint, localHint } =
      freeAt === null ? error : { hint: heldHint(freeAt), localHint: undefined }
    throw new AppError(error.code, error.message, { hint, localHint, facts })
  }
}

/** Where only held money stands in the way, it frees itself: says by when. */
function heldHint(freeAt: number): string {
  const at = new Date(freeAt).toISOString().slice(11, 16)
  return `Only work in progress stands in the way: what it holds comes free when it ends, at ${at} UTC at the latest. Wait for it with getGeneration, then call again.`
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
      hint: 'Use a local/* model, or tell whoever runs this server.',
      localHint: 'Set FAL_KEY or INKWELL_FAL_KEY, or unset both to use test mode.',
    },
  )
}
