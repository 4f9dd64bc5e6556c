import { AppError } from '../errors.ts'

/** Limit of a data URI, in bytes after decoding. */
export const MAX_DATA_URI_BYTES = 10 * 1024 * 1024

/** Decodes a data URI, base64 or percent-encoded. Throws `invalid_input` if it is malformed, empty or too large. */
export function decodeDataUri(reference: string): Uint8Array {
  const comma = reference.indexOf(',')
  const header = comma < 0 ? '' : reference.slice(0, comma)
  if (!/^\s*data:[^\s,]*$/i.test(header)) throw broken('has no comma after its media type')
  // The longest encoding has three characters per byte.
  if (reference.length - comma > MAX_DATA_URI_BYTES * 3 + 1_000) throw tooLarge()
  const raw = percentDecode(reference.slice(comma + 1))
  const bytes = /;\s*base64$/i.test(header) ? base64Decode(raw) : raw
  if (bytes.length > MAX_DATA_URI_BYTES) throw tooLarge()
  if (bytes.length === 0) throw broken('is empty')
  return bytes
}

function percentDecode(text: string): Buffer {
  if (!/^[\t\n\f\r\x20-\x7e]*$/.test(text)) throw broken('holds characters that are not ASCII')
  const bytes = Buffer.from(text, 'latin1')
  if (!text.includes('%')) return bytes
  let length = 0
  for (let at = 0; at < bytes.length; at++, length++) {
    const hex = bytes[at] === 0x25 ? text.slice(at + 1, at + 3) : ''
    const isEscape = /^[0-9a-f]{2}$/i.test(hex)
    bytes[length] = isEscape ? Number.parseInt(hex, 16) : (bytes[at] ?? 0)
    if (isEscape) at += 2
  }
  return bytes.subarray(0, length)
}

function base64Decode(raw: Buffer): Buffer {
  const text = raw.toString('latin1').replace(/[\t\n\f\r ]+/g, '')
  const digits = text.replace(/={1,2}$/, '')
  if (!/^[A-Za-z0-9+/]*$/.test(digits) || digits.length % 4 === 1) {
    throw broken('is not valid base64')
  }
  if (digits.length * 0.75 > MAX_DATA_URI_BYTES + 1) throw tooLarge()
  return Buffer.from(digits, 'base64')
}

function broken(what: string): AppError {
  return new AppError('invalid_input', `The data URI ${what}.`, {
    hint: 'Write it as data:image/png;base64,… or give an https: URL or an id instead.',
    localHint: 'A file path will do too.',
  })
}

function tooLarge(): AppError {
  return new AppError('invalid_input', 'The data URI holds more than 10 MiB.', {
    hint: 'Give an https: URL or an id instead, or send a smaller image.',
    localHint: 'A file path will do too.',
  })
}
