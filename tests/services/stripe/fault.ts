import type { ServerResponse } from 'node:http'
import type { Reply } from './reply.ts'

/** A fault in one exchange. With `after`, Stripe does the work and only its response is lost. */
export type Fault =
  | { kind: 'reset' | 'hang' | 'half'; after?: boolean }
  | { kind: 'status'; status: number; after?: boolean }

const TYPES: Readonly<Record<number, string>> = {
  429: 'rate_limit_error',
  409: 'idempotency_error',
}

/** Sends a reply, or what a fault makes of it. */
export function deliver(response: ServerResponse, reply: Reply, fault: Fault | undefined): void {
  if (fault?.kind === 'reset') return void response.destroy()
  if (fault?.kind === 'hang') return
  const { status, body, headers } = fault?.kind === 'status' ? failure(fault.status) : reply
  const text = JSON.stringify(body)
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
    'request-id': 'req_emulated',
    ...headers,
  })
  if (fault?.kind !== 'half') return void response.end(text)
  response.write(text.slice(0, text.length >> 1), () => response.destroy())
}

/** It says not to retry, so that a test need not wait for the pauses of the client. */
function failure(status: number): Reply {
  return {
    status,
    body: {
      error: { type: TYPES[status] ?? 'api_error', message: 'An error of ours: sk_live_leak' },
    },
    headers: { 'stripe-should-retry': 'false' },
  }
}
