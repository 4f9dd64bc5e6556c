import { AppError } from '../errors.ts'
import { SCOPES } from './scopes.ts'

/** Limit of the live keys of one account. */
export const LIVE_KEYS_MAX = 1_000
/** Limit of its live connections. */
export const LIVE_CONNECTIONS_MAX = 100

/** The error for a rotation of a connection. */
export function noSecret(): AppError {
  return new AppError('invalid_input', 'A connection has no secret to rotate.', {
    hint: 'Revoke it, and connect again.',
  })
}

/** The error for the second of two rotations at once. */
export function rotatedMeanwhile(): AppError {
  return new AppError('invalid_input', 'Somebody else has just rotated this key.', {
    hint: 'Use the secret that they got, or rotate it again.',
  })
}

/** The error for a key without a valid scope. */
export function noScope(): AppError {
  return new AppError('invalid_input', 'An API key needs at least one scope, each from the list.', {
    hint: `The scopes are ${SCOPES.join(', ')}.`,
  })
}

/** The error for a key that has ended already. */
export function expiryInThePast(): AppError {
  return new AppError('invalid_input', 'The end of the API key has passed already.', {
    hint: 'Choose an end in the future, or none.',
  })
}

/** The error for a change of a closed account, with what to do instead. */
export function accountClosed(hints: { hint: string; localHint?: string }): AppError {
  return new AppError('invalid_input', 'This account is closed, and stays so.', hints)
}

/** The error for a change of a revoked key. */
export function alreadyRevoked(accountId: string): AppError {
  return new AppError('invalid_input', 'This API key is revoked, and stays so.', {
    hint: 'Issue a new one.',
    localHint: `\`inkwell keys create --account ${accountId}\` does.`,
  })
}

/** The error for one live key too many. */
export function tooManyKeys(accountId: string): AppError {
  const message = `This account has ${LIVE_KEYS_MAX} live API keys, the most it may have.`
  return new AppError('invalid_input', message, {
    hint: 'Revoke one first.',
    localHint: `\`inkwell keys list --account ${accountId}\` shows them, \`inkwell keys revoke <id>\` ends one.`,
  })
}

/** The error for one live connection too many. */
export function tooManyConnections(): AppError {
  const message = `This account has ${LIVE_CONNECTIONS_MAX} live connections, the most it may have.`
  return new AppError('invalid_input', message, { hint: 'End one on the usage page first.' })
}
