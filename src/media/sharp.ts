import type sharpModule from 'sharp'
import { AppError } from '../errors.ts'

export type Sharp = typeof sharpModule

/** Most pixels any image may have, decoded: a bomb is refused before it is unpacked. */
export const MAX_PIXELS = 64_000_000

let loading: Promise<Sharp> | undefined

/** The image library, loaded on first use (about 60 ms), so that a server starts without it. */
export function getSharp(): Promise<Sharp> {
  loading ??= load()
  return loading
}

async function load(): Promise<Sharp> {
  try {
    const { default: sharp } = await import('sharp')
    sharp.cache(false)
    return sharp
  } catch (cause) {
    throw new AppError(
      'internal',
      'The image library "sharp" could not be loaded on this machine.',
      {
        hint: 'Reinstall with optional dependencies allowed (npm ci without --omit=optional).',
        cause,
      },
    )
  }
}
