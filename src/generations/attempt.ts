import { AppError } from '../errors.ts'

/** Returns the result of a body or the error it failed with; an unexpected error becomes `internal`. Never rejects. */
export async function attempt<T>(body: () => Promise<T>): Promise<T | AppError> {
  try {
    return await body()
  } catch (cause) {
    if (cause instanceof AppError) return cause
    return new AppError('internal', 'The work broke off by a fault of ours; nothing was charged.', {
      hint: 'Try again; if it stays, tell the operator of this server, whose log has the cause.',
      cause,
    })
  }
}
