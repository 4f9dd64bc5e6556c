import type { Ending } from './books.ts'
import type { Answer } from './reply.ts'

/** What came of a job, and the units fal charges for it; null where it charges nothing. */
export type Performed = { ending: Ending; answer: Answer; units: number | null }

/** Ends a job that costs nothing with an error. */
export function endsAs(
  ending: Exclude<Ending, 'ok'>,
  status: number,
  body: Record<string, unknown>,
  headers: Record<string, string> = {},
): Performed {
  return {
    ending,
    answer: { status, body, headers: { 'x-fal-billable-units': '0', ...headers } },
    units: null,
  }
}

/** Ends a job by a fault of fal's own machines, in the words of its request errors. */
export function infraError(
  ending: Exclude<Ending, 'ok'>,
  status: number,
  errorType: string,
  headers: Record<string, string> = {},
): Performed {
  const detail = DETAILS[errorType] ?? 'The request could not be completed.'
  return endsAs(
    ending,
    status,
    { detail, error_type: errorType },
    { 'x-fal-error-type': errorType, ...headers },
  )
}

const DETAILS: Readonly<Record<string, string>> = {
  client_cancelled: 'Request cancelled by the client.',
  request_timeout: 'The request was not started in time.',
  runner_disconnected: 'The runner disconnected.',
  internal_error: 'Internal Server Error',
}
