import { AppError } from '../errors.ts'
import { display, money, type Micro } from '../money.ts'
import { affordable, type Quote, type RateCard } from '../pricing/quote.ts'
import type { Order } from './begin.ts'

/** Most models named to an agent that is short of money. */
const AFFORDABLE_MAX = 5

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

/** Adds to a refusal for want of money what could still be bought with what is left. */
export async function withAffordable<T>(
  { quote: { operation } }: Order,
  rates: RateCard,
  body: () => Promise<T>,
): Promise<T> {
  try {
    return await body()
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    const left = leftOf(error)
    if (left === null) throw error
    const models = affordable(rates, operation, left).slice(0, AFFORDABLE_MAX)
    throw new AppError(error.code, error.message, {
      hint: error.hint,
      facts: {
        ...error.facts,
        affordable: models.map(({ id, price }) => ({ model: id, cost: money(price) })),
      },
    })
  }
}

function leftOf({ facts: { available, limit, spent, held } }: AppError): number | null {
  if (available !== undefined) return available.micro
  return limit === undefined ? null : limit.micro - (spent?.micro ?? 0) - (held?.micro ?? 0)
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
