import { AppError } from '../errors.ts'

/** Returns a reason without spaces around it. Throws `invalid_input` if it is not 1 to 300 printable characters. */
export function reasonOf(text: string): string {
  const reason = text.trim()
  if (/^[^\p{C}\p{Zl}\p{Zp}]{1,300}$/u.test(reason)) return reason
  throw new AppError('invalid_input', 'The reason must be 1 to 300 printable characters.', {
    hint: 'Say why, in one line.',
  })
}
