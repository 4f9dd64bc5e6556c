import { existsSync } from 'node:fs'
import { ERROR_CODES, type ErrorCode } from '../../src/errors.ts'
import {
  costIn,
  errorIn,
  GRANT,
  liveApp,
  outputsOf,
  type Answer,
  type Books,
  type LiveApp,
} from './live.ts'

/** An hour is more than any hold lives, in milliseconds. */
export const LATER_MS = 3_600_000

/** What came of the only call of an app: what its agent was told, and what the books and the disk say. */
export type Outcome = {
  code: ErrorCode | null
  retryable: boolean | null
  /** Micro-dollars, as the agent was told. */
  charged: number | undefined
  /** Outputs whose files are there. */
  outputs: number
  books: Books
  /** Files in the output folder. */
  files: number
  /** Jobs that fal began. */
  jobs: number
}

export async function outcomeOf(live: LiveApp, answer: Answer): Promise<Outcome> {
  const error = errorIn(answer)
  return {
    code: error?.code ?? null,
    retryable: error?.retryable ?? null,
    charged: error === undefined ? costIn(answer) : error.charged.micro,
    outputs: outputsOf(answer).filter(({ path }) => existsSync(path)).length,
    ...(await booksAndFiles(live)),
  }
}

async function booksAndFiles(live: LiveApp): Promise<Pick<Outcome, 'books' | 'files' | 'jobs'>> {
  return {
    books: await live.books(),
    files: live.outputs().length,
    jobs: live.fal.jobs.length,
  }
}

/** It failed with this code, cost nothing and left nothing. */
export function failed(code: ErrorCode, jobs: number): Outcome {
  const { retryable } = ERROR_CODES[code]
  return { code, retryable, charged: 0, outputs: 0, files: 0, jobs, books: booksWith('released') }
}

/** It worked, cost exactly this, and its files are there and no others. */
export function paid(wish: { cost: number; outputs?: number; jobs?: number }): Outcome {
  const { cost, outputs = 1, jobs = 1 } = wish
  const books = { ...booksWith('captured'), available: GRANT - cost, spent: cost }
  return { code: null, retryable: null, charged: cost, outputs, files: outputs, jobs, books }
}

/** Nobody knows whether fal began: the call failed and cost nothing, and its $0.003 stay held. */
export function unknown(jobs: number): Outcome {
  const books = { ...booksWith('held'), available: GRANT - 3_000, held: 3_000 }
  return { ...failed('upstream_unavailable', jobs), books }
}

/** The hold has expired, nothing was charged, and nothing was sent again. */
export function expired(jobs: number): Pick<Outcome, 'books' | 'files' | 'jobs'> {
  return { books: booksWith('expired'), files: 0, jobs }
}

/** What is left of a call when another process has looked at it an hour later. */
export async function anHourLater(live: LiveApp): Promise<ReturnType<typeof expired>> {
  const { fal, home } = live
  await using other = await liveApp({ fal, home, now: () => Date.now() + LATER_MS })
  await other.app.generations.recover()
  await other.app.drain(5_000)
  return await booksAndFiles(other)
}

function booksWith(state: string): Books {
  return { available: GRANT, held: 0, spent: 0, holds: [state], difference: null }
}
