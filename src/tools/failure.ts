import type { AppError } from '../errors.ts'
import { money, type Money } from '../money.ts'
import type { Reply } from './tool.ts'

/** The public form of a failure: our words, the facts, and that nothing was charged. */
export function publicError({ code, message, hint, retryable, facts }: AppError): {
  charged: Money
  [fact: string]: unknown
} & {
  code: string
  message: string
  hint: string
  retryable: boolean
} {
  return { code, message, hint, retryable, charged: money(0), ...facts }
}

/** Most models that a text names to an agent that is short of money. */
const NAMED_MAX = 3

/** A failure in words: what happened, what to do next, and what could be paid instead. */
export function failureText({ message, hint, facts: { affordable = [] } }: AppError): string {
  const named = affordable
    .slice(0, NAMED_MAX)
    .map(({ model, cost }) => `${model} (${cost.micro === 0 ? 'free' : cost.display})`)
  const instead = named.length === 0 ? '' : ` Affordable now: ${named.join(', ')}.`
  return `${message} ${hint}${instead}`
}

/** A failure as a result, complete in either half. */
export function failureReply(error: AppError): Reply {
  return {
    content: [{ type: 'text', text: failureText(error) }],
    structured: { error: publicError(error) },
  }
}
