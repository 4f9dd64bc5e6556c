import type { ApprovalTable } from '../db/schema/approvals.ts'
import { AppError } from '../errors.ts'
import { display, money } from '../money.ts'
import { iso, timeOfDay } from '../text.ts'
import type { OpenApproval } from './ask.ts'

/** The error for a call that waits for a person. `limit` is the price above which one has to approve, in micro-dollars. */
export function approvalRequired(
  { id, amount, operation, model, expires_at }: OpenApproval,
  limit: number,
): AppError {
  const message = `${operation} with ${model} costs ${display(amount)} here, and above ${display(limit)} a person has to approve. It is held until ${timeOfDay(expires_at)} UTC, and not charged.`
  return new AppError('approval_required', message, {
    hint: 'Ask the person you work for to approve it. Then make exactly the same call again: it goes on.',
    localHint: `\`inkwell approvals approve ${id}\` approves it, \`inkwell approvals refuse ${id}\` refuses it.`,
    facts: {
      required: money(amount),
      limit: money(limit),
      approval: { id, status: 'pending', expiresAt: iso(expires_at) },
    },
  })
}

/** The error that a quote shows for a call that would wait for a person. Nothing is held. */
export function wouldAsk(price: number, limit: number): AppError {
  return new AppError(
    'approval_required',
    `This costs ${display(price)}, and above ${display(limit)} a person has to approve.`,
    {
      hint: 'The call itself asks for the approval and holds the price until a person has decided.',
      facts: { required: money(price), limit: money(limit) },
    },
  )
}

/** The error for a call that a person has refused. */
export function alreadyRefused(
  { id, expires_at }: Pick<OpenApproval, 'id' | 'expires_at'>,
  price: number,
): AppError {
  return new AppError(
    'approval_required',
    'A person has refused this call; nothing is held or charged.',
    {
      hint: `Ask the person you work for what they want instead: a cheaper model, fewer outputs, or nothing. The same call asks again after ${timeOfDay(expires_at)} UTC.`,
      facts: {
        required: money(price),
        approval: { id, status: 'refused', expiresAt: iso(expires_at) },
      },
    },
  )
}

/** The error for one more call than may wait at once. */
export function tooManyOpen(most: number): AppError {
  return new AppError(
    'rate_limited',
    `${most} calls already wait for the approval of a person, and no more may.`,
    {
      hint: 'Wait until the person has decided on them.',
      localHint: '`inkwell approvals list` shows them.',
      facts: { retryAfterSeconds: 60 },
    },
  )
}

/** The error for a decision on an approval that has ended in another way, or was never asked for (null). */
export function nothingToDecide(status: ApprovalTable['status'] | null): AppError {
  const message = `${status === null ? 'There is no approval with this id' : ENDS[status]}.`
  return new AppError('not_found', message, {
    hint: 'The calls that wait now are listed with the approvals. The agent can make its call again, which asks again.',
    localHint: '`inkwell approvals list` shows them.',
  })
}

const ENDS: Record<ApprovalTable['status'], string> = {
  pending: 'This approval has not been decided',
  approved: 'This approval was given before',
  refused: 'This approval was refused before',
  expired: 'This approval has expired',
  used: 'This approval was given, and its call has gone on',
}
