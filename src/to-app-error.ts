import { crypto } from './crypto.ts'
import { AppError } from './errors.ts'
import type { Log } from './log.ts'

/** Returns an `AppError` unchanged. Logs any other error and returns an `internal` error that shows only a reference to it. */
export function toAppError(error: unknown, log: Log, where: string): AppError {
  if (error instanceof AppError) {
    if (error.cause !== undefined)
      log.warn('failure', { where, code: error.code, cause: error.cause })
    return error
  }
  const reference = crypto().randomUUID().slice(0, 8)
  log.error('fault', { where, reference, error })
  return new AppError(
    'internal',
    `Something went wrong on our side (reference ${reference}); nothing was charged for it.`,
    {
      hint: 'Try again; if it stays, give the operator of this server the reference: its log has the cause.',
      localHint: 'A command has a log where INKWELL_LOG_LEVEL=error is set.',
      cause: error,
    },
  )
}
