import { AppError } from '../../errors.ts'

/** The used fields of an error of Stripe's client. Declared here so that the library need not be loaded. */
type StripeFailure = { type: string; statusCode?: number; code?: string; requestId?: string }

/** Calls Stripe and converts its errors to `AppError`. If the object is missing, returns `ifMissing` when that is given. */
export async function withStripeErrors<T, M = never>(
  body: () => Promise<T>,
  ifMissing?: M,
): Promise<T | M> {
  try {
    return await body()
  } catch (error) {
    if (!isStripeFailure(error)) throw error
    if (error.code === 'resource_missing' && ifMissing !== undefined) return ifMissing
    throw toAppError(error)
  }
}

function isStripeFailure(error: unknown): error is StripeFailure & Error {
  return error instanceof Error && 'type' in error && String(error.type).startsWith('Stripe')
}

/** Keeps Stripe's text as the cause, for our log. Only a refusal of the request proves that nothing was done. */
function toAppError(error: StripeFailure & Error): AppError {
  const { type, statusCode, code, requestId, message } = error
  const cause = { type, statusCode, code, requestId, message }
  if (type === 'StripeAuthenticationError' || type === 'StripePermissionError') {
    return new AppError('upstream_rejected', 'Stripe does not accept the key of this server.', {
      hint: 'Nothing was paid. Tell the operator of this server.',
      localHint:
        'Check STRIPE_SECRET_KEY: it must write Checkout Sessions and read payments, refunds, disputes, events and invoices.',
      cause,
    })
  }
  if (type === 'StripeInvalidRequestError' || type === 'StripeIdempotencyError') {
    return new AppError('upstream_rejected', 'Stripe refused the request.', {
      hint: 'Nothing was paid. Tell the operator of this server, whose log has the reason.',
      cause,
    })
  }
  return new AppError('upstream_unavailable', 'Stripe could not be reached or did not answer.', {
    hint: 'Try again in a moment: a purchase that was begun is found again, and none is made twice.',
    cause,
  })
}
