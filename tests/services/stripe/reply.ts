/** What is sent back; a fault may put something else in its place. */
export type Reply = { status: number; body: object; headers?: Record<string, string> }

export type ErrorType =
  | 'invalid_request_error'
  | 'idempotency_error'
  | 'api_error'
  | 'rate_limit_error'

/** An error in Stripe's envelope. */
export class StripeRefusal extends Error {
  readonly reply: Reply

  constructor(
    status: number,
    message: string,
    more: { type?: ErrorType; code?: string; param?: string } = {},
  ) {
    super(message)
    const { type = 'invalid_request_error', ...rest } = more
    this.reply = { status, body: { error: { type, message, ...rest } } }
  }
}

export function missing(what: string, id: string): StripeRefusal {
  return new StripeRefusal(404, `No such ${what}: '${id}'`, {
    code: 'resource_missing',
    param: 'id',
  })
}
