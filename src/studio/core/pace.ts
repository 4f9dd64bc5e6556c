import { setImmediate as nextTurn } from 'node:timers/promises'
import { AppError } from '../../errors.ts'
import type { JobOptions } from './result.ts'

/** How long a loop may keep the event loop to itself, in milliseconds. */
const SLICE_MS = 20

/** Lets long loops be cancelled and keeps the server answering while they run. */
export type Pace = {
  /** Throws `cancelled` once the caller gave up, and lets other work run every 20 ms. */
  breathe: () => Promise<void>
  /** Tells the caller how far the work is, 0 to 1. Throws `cancelled` as `breathe` does. */
  report: (fraction: number, message: string) => Promise<void>
}

/** The pace of one request. */
export function createPace({ signal, onProgress }: JobOptions): Pace {
  let sliceStart = performance.now()

  async function breathe(): Promise<void> {
    if (signal.aborted) throw cancelled()
    if (performance.now() - sliceStart < SLICE_MS) return
    await nextTurn()
    sliceStart = performance.now()
    if (signal.aborted) throw cancelled()
  }

  return {
    breathe,
    async report(fraction, message) {
      await breathe()
      onProgress({ fraction, message })
    },
  }
}

/** What a call that was cancelled rejects with. */
export function cancelled(): AppError {
  return new AppError('cancelled', 'The call was cancelled; nothing was delivered.', {
    hint: 'Call again when the result is wanted.',
  })
}
