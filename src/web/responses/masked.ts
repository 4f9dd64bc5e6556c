import { randomBytes } from 'node:crypto'

/**
 * Hides a secret of a page: another text each time, so that the length of a compressed page says nothing about it
 * (the BREACH attack).
 */
export function mask(secret: string): string {
  const bytes = Buffer.from(secret)
  const pad = randomBytes(bytes.length)
  return Buffer.concat([pad, combined(pad, bytes)]).toString('base64url')
}

/** Returns what was masked. Any other text gives a text that matches no secret. */
export function unmask(masked: string): string {
  const bytes = Buffer.from(masked, 'base64url')
  const half = bytes.length >> 1
  return combined(bytes.subarray(0, half), bytes.subarray(half)).toString()
}

function combined(pad: Buffer, bytes: Buffer): Buffer {
  return Buffer.from(bytes.map((byte, place) => byte ^ (pad[place] ?? 0)))
}
