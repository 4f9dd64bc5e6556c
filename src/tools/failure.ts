import type { Caller } from '../accounts/caller.ts'
import type { AppError, Reader } from '../errors.ts'
import { money, type Money } from '../money.ts'
import type { Reply } from './tool.ts'

type PublicError = {
  code: string
  message: string
  hint: string
  retryable: boolean
  charged: Money
  [fact: string]: unknown
}

/** Most alternative models listed in the text of a refusal. */
const ALTERNATIVES_MAX = 3

/** Returns the reader of a tool's errors: an agent on this machine or elsewhere, or a person using `inkwell call`. */
export function agentOf({ mayReadFiles }: Pick<Caller, 'mayReadFiles'>): Reader {
  return { hasTools: true, atThisMachine: mayReadFiles }
}

/** Converts an error to its public form: code, message, hint, facts, and a charge of 0. */
export function publicError(error: AppError, reader: Reader): PublicError {
  const { code, message, retryable, facts } = error
  const hint = error.hintFor(reader)
  return { code, message, hint, retryable, charged: money(0), ...facts }
}

/** Returns the text of an error: what happened, the next step, and affordable alternatives. */
export function failureText(error: AppError, reader: Reader): string {
  const { message, facts } = error
  const alternatives = (facts.affordable ?? [])
    .slice(0, ALTERNATIVES_MAX)
    .map(({ model, cost, numImages }) => {
      const count = numImages === undefined ? '' : ` with numImages ${numImages}`
      return `${model}${count} (${cost.micro === 0 ? 'free' : cost.display})`
    })
  const affordable = alternatives.length === 0 ? '' : ` Affordable now: ${alternatives.join(', ')}.`
  return `${message} ${error.hintFor(reader)}${affordable}`
}

/** Converts an error to a tool result. The text and the structured half are each complete. */
export function failureReply(error: AppError, reader: Reader): Reply {
  return {
    content: [{ type: 'text', text: failureText(error, reader) }],
    structured: { error: publicError(error, reader) },
  }
}
