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

/** A failure as a result: the model reads what happened and what to do next. */
export function failureReply(error: AppError): Reply {
  return {
    content: [{ type: 'text', text: `${error.message} ${error.hint}` }],
    structured: { error: publicError(error) },
  }
}
