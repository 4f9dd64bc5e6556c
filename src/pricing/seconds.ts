import { AppError } from '../errors.ts'
import { readSeconds, type Input } from './bill.ts'
import type { Seconds } from './run-fields.ts'

/** Returns seconds in the form that the endpoint takes. */
export function writeSeconds({ form }: Seconds, seconds: number): string | number {
  if (form === 'integer') return seconds
  return form === '6s' ? `${seconds}s` : `${seconds}`
}

/** Length of a shot without a `duration`, in seconds. */
const SHOT_SECONDS = 5

/** The price depends on `duration`. Throws `invalid_input` if the shots are longer in total. */
export function coverShots(input: Input, { shots }: Seconds, duration: unknown): void {
  const list = shots === undefined ? undefined : input[shots]
  if (!Array.isArray(list)) return
  const lengths = list.map((shot: { duration?: unknown } | null) =>
    readSeconds(shot?.duration ?? SHOT_SECONDS),
  )
  const total = lengths.reduce((sum, length) => sum + length, 0)
  const covered = readSeconds(duration)
  if (total <= covered && lengths.every((length) => length > 0)) return
  throw new AppError(
    'invalid_input',
    `The shots of input.${shots} last ${total} seconds and input.duration covers ${covered}.`,
    { hint: 'Give every shot whole seconds, and input.duration their sum: the price rests on it.' },
  )
}
