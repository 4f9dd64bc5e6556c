import { AppError } from '../../errors.ts'
import { filesIn } from '../run-files.ts'
import type { ProviderRequest } from '../provider.ts'

/** Largest input of a local model, in pixels. A network takes a third of a second for each million. */
const PIXELS_MAX = 24_000_000
/** Most input files of one account that wait for local models, in bytes. */
const WAITING_MAX = 40 * 1024 * 1024

/** Throws `invalid_input` for an image that is too large to be worked on here. */
export function assertSmall(request: ProviderRequest): void {
  for (const file of filesIn(request)) {
    const { width = 0, height = 0 } = file as Partial<Record<'width' | 'height', number>>
    if (width * height <= PIXELS_MAX) continue
    throw new AppError(
      'invalid_input',
      `${file.name} has ${width} x ${height} pixels, and local models take at most ${PIXELS_MAX / 1e6} million.`,
      { hint: 'Make it smaller, or use a paid model.' },
    )
  }
}

type LimitWaiting = <T>(
  account: string,
  request: ProviderRequest,
  work: () => Promise<T>,
) => Promise<T>

/** Limits the memory for the inputs of an account that wait for their turn. Throws `rate_limited`. */
export function createWaitingLimit(): LimitWaiting {
  const waiting = new Map<string, number>()
  return async (account, request, work) => {
    const bytes = filesIn(request).reduce((sum, file) => sum + file.bytes.length, 0)
    const before = waiting.get(account) ?? 0
    if (bytes > 0 && before > 0 && before + bytes > WAITING_MAX) throw tooManyWaiting()
    waiting.set(account, before + bytes)
    try {
      return await work()
    } finally {
      const left = (waiting.get(account) ?? 0) - bytes
      if (left > 0) waiting.set(account, left)
      else waiting.delete(account)
    }
  }
}

function tooManyWaiting(): AppError {
  const message = `More than ${WAITING_MAX / 1024 / 1024} MiB of images of this account wait for local models.`
  return new AppError('rate_limited', message, {
    hint: 'Call again when an earlier call has ended.',
  })
}
