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

/** Most models named in the text of a refusal. */
const NAMED_MAX = 3

/** Whoever calls tools: an agent here or elsewhere, or a person by `inkwell call`. */
export function agentOf({ mayReadFiles }: Pick<Caller, 'mayReadFiles'>): Reader {
  return { hasTools: true, atThisMachine: mayReadFiles }
}

/** The public form of a failure: our words, the facts, and that nothing was charged. */
export function publicError(error: AppError, reader: Reader): PublicError {
  const { code, message, retryable, facts } = error
  const hint = error.hintFor(reader)
  return { code, message, hint, retryable, charged: money(0), ...facts }
}

/** A failure in words: what happened, the next step, and what could be had instead. */
export function failureText(error: AppError, reader: Reader): string {
  const { message, facts } = error
  const instead = (facts.affordable ?? []).slice(0, NAMED_MAX).map(({ model, cost, numImages }) => {
    const count = numImages === undefined ? '' : ` with numImages ${numImages}`
    return `${model}${count} (${cost.micro === 0 ? 'free' : cost.display})`
  })
  const affordable = instead.length === 0 ? '' : ` Affordable now: ${instead.join(', ')}.`
  return `${message} ${error.hintFor(reader)}${affordable}`
}

/** A failure as a result, complete in either half. */
export function failureReply(error: AppError, reader: Reader): Reply {
  return {
    content: [{ type: 'text', text: failureText(error, reader) }],
    structured: { error: publicError(error, reader) },
  }
}
