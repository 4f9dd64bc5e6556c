import type { ListedCaller } from '../accounts/caller.ts'
import { AppError, waitSeconds, type ErrorCode, type Hints } from '../errors.ts'
import { lower } from '../ledger/rules.ts'
import { display, money, type Micro } from '../money.ts'
import { mayUse } from '../pricing/model-list.ts'
import type { Quote } from '../pricing/quote.ts'
import type { ProviderRequest } from '../providers/provider.ts'
import { affordable } from './affordable.ts'
import { blockingHolds, remainingFor, type BlockingHolds } from './remaining.ts'
import type { GenerationDeps } from './deps.ts'
import { timeOfDay } from '../text.ts'
import type { PaidRequest } from './request.ts'

/**
 * Throws `max_cost_exceeded` if the price is above `maxCost`, and `key_budget_exceeded` if it is above the largest one
 * that the key may pay (all in micro-dollars).
 */
export function assertWithinMax(
  { price, count }: Quote,
  maxCost: Micro | null,
  { maxPrice }: Pick<ListedCaller, 'maxPrice'>,
): void {
  if (maxPrice !== null && price > maxPrice) throw aboveMaxPrice(price, maxPrice)
  if (maxCost === null || price <= maxCost) return
  throw new AppError(
    'max_cost_exceeded',
    `This costs ${display(price)}, above the maxCostUsd of ${display(maxCost)}.`,
    {
      hint: `Raise maxCostUsd or choose a cheaper model${count > 1 ? ', or ask for fewer outputs' : ''}.`,
      facts: { required: money(price), limit: money(maxCost), scope: 'call' },
    },
  )
}

function aboveMaxPrice(price: Micro, maxPrice: number): AppError {
  const message = `This costs ${display(price)}, above the ${display(maxPrice)} that one call of this API key may cost.`
  return new AppError('key_budget_exceeded', message, {
    hint: 'Choose a cheaper model or fewer outputs; only the person who gave out the key can raise this.',
    facts: { required: money(price), limit: money(maxPrice), scope: 'key' },
  })
}

/** Refusals for lack of money. They name affordable alternatives. */
const LACK_OF_MONEY: ReadonlySet<ErrorCode> = new Set([
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

/** Runs a body. If it is refused for lack of money, adds the affordable alternatives to the error. */
export async function withAffordable<T>(
  { db, rates, now }: Pick<GenerationDeps, 'db' | 'rates' | 'now'>,
  { request, caller, maxCost }: Refused,
  body: () => Promise<T>,
): Promise<T> {
  try {
    return await body()
  } catch (error) {
    if (!(error instanceof AppError) || !LACK_OF_MONEY.has(error.code)) throw error
    const at = now()
    const { left, blocking } = await db.read(function* readLimits() {
      return {
        left: lower(yield* remainingFor(caller, at), maxCost),
        blocking: yield* blockingHolds(error, caller.account.id),
      }
    })
    const facts = {
      ...error.facts,
      affordable: affordable(request, rates, {
        left: left ?? Infinity,
        allows: (model) => mayUse(caller.models, model),
      }),
      ...(blocking !== null && { retryAfterSeconds: waitSeconds(blocking.until - at) }),
    }
    const { hint, toolHint, localHint } = blocking === null ? error : whenFree(blocking)
    throw new AppError(error.code, error.message, { hint, toolHint, localHint, facts })
  }
}

/** The hints for a refusal that only open holds cause: by when they end, and what to wait for. */
function whenFree({ until, ids, waits }: BlockingHolds): Hints {
  const time = timeOfDay(until)
  const what = waits ? 'work in progress or a call that waits for an approval' : 'work in progress'
  return {
    hint: `Only ${what} stands in the way: by ${time} UTC at the latest it has ended, and what it does not cost is free again. Call again then.`,
    toolHint: ids.length === 0 ? undefined : `getGeneration waits for ${ids.join(', ')}.`,
  }
}

/** After this time a client may try again elsewhere, or here after a restart, in seconds. */
const RESTART_SECONDS = 5

/** Throws `ledger_unavailable` if this process stops. */
export function assertRuns({ stopping }: Pick<GenerationDeps, 'stopping'>): void {
  if (stopping.aborted) throw serverStops()
}

/** The error for a request that arrives while the server stops. */
export function serverStops(): AppError {
  return new AppError('ledger_unavailable', 'This server is stopping; nothing was charged.', {
    hint: `Try again in ${RESTART_SECONDS} s.`,
    facts: { retryAfterSeconds: RESTART_SECONDS },
  })
}

/** The error for a call that was cancelled before anything was held. */
export function callCancelled(): AppError {
  return new AppError(
    'cancelled',
    'The call was cancelled before any work began; nothing was charged.',
    {
      hint: 'Call the tool again if the image is still wanted.',
    },
  )
}

/** The error for a model whose provider this process cannot use. */
export function noProvider(): AppError {
  return new AppError(
    'upstream_unavailable',
    'This server has no access to the image service of that model.',
    {
      hint: 'Use a local/* model, or tell the operator of this server.',
      localHint: 'Set FAL_KEY or INKWELL_FAL_KEY, or unset both to use test mode.',
    },
  )
}
