import type { Preview } from './preview.ts'

/** Most copies that wait for their callers. Each has at most 75 kB. */
const COPIES_MAX = 64

/** Small copies of pictures that were just saved, made from the same decoding, by the hash of the picture. */
export type SmallCopies = {
  /** Keeps a copy for the caller of the picture. The oldest is forgotten if there are too many. */
  keep(sha256: string, copy: Preview): void
  /** Returns a copy and forgets it; undefined if there is none. */
  take(sha256: string): Preview | undefined
}

/** Creates the small copies of a process. */
export function createSmallCopies(): SmallCopies {
  const copies = new Map<string, Preview>()
  return {
    keep(sha256, copy) {
      copies.delete(sha256)
      copies.set(sha256, copy)
      const [oldest = sha256] = copies.keys()
      if (copies.size > COPIES_MAX) copies.delete(oldest)
    },
    take(sha256) {
      const copy = copies.get(sha256)
      copies.delete(sha256)
      return copy
    },
  }
}
