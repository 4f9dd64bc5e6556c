import type { Readable } from 'node:stream'
import { AppError } from '../errors.ts'

/** A part of a file, in bytes. Both ends are included. */
export type ByteRange = { start: number; end: number }

/** A file that is being read. `bytes` is the size of the whole file. */
export type OpenedFile = { bytes: number; content: Readable }

/** A whole file to store. `file` is the absolute path of a staged file, which the store takes away. */
type Put = {
  /** Where it goes, below the store, with `/` between the parts. */
  path: string
  mimeType: string
  content: { file: string; bytes: number } | Uint8Array
  /**
   * Checks the content, once, and may do so while it is written. Nothing has its name before this resolves, and never if
   * it rejects.
   */
  check?: () => Promise<unknown>
}

/** Port to the place of all files: a folder, or object storage. A path is relative to the store. */
export type OutputStore = {
  /** What rows call it. */
  readonly name: string
  /** An absolute folder of this machine, where files are written before they are stored. */
  readonly staging: string
  /** Throws `StoreFaultError` if nothing can be stored now. */
  check(this: void): Promise<void>
  /** Stores a file durably and whole, or not at all. Replaces an older one. Throws the system's error, `StoreFaultError`, and what `check` throws. */
  put(put: Put): Promise<void>
  /** Opens a file, or a part of it. Throws `NotStoredError` and `StoreFaultError`. */
  open(path: string, range?: ByteRange): Promise<OpenedFile>
  /** Returns a signed link to a file for this many seconds; null if the store has no links. */
  url(path: string, seconds: number): Promise<string | null>
  /** Removes a file, if it is there. Throws `StoreFaultError`. */
  remove(path: string): Promise<void>
  /** Lists the paths that begin with a text. Throws `StoreFaultError`. */
  list(start: string): AsyncIterable<string>
  /** Returns where a file is on this machine; null if the store is elsewhere. */
  localPath(path: string): string | null
  /** Returns the path that a link or a local path of this store names; null for any other text. */
  pathOf(this: void, reference: string): string | null
}

/** The stores of a process. */
export type OutputStores = {
  /** Where new files go. */
  current: OutputStore
  /** Returns the store that a row names; null if this process does not know it. */
  named(name: string | null): OutputStore | null
}

/** What rows call the output folder. */
export const FOLDER = 'folder'

/** The store was asked, and has no such file. */
export class NotStoredError extends Error {
  override readonly name = 'NotStoredError'
}

/** The store cannot be used now: it does not answer, refuses our key or fails. Nothing is known of the file. */
export class StoreFaultError extends AppError {
  constructor(cause: unknown) {
    super('ledger_unavailable', 'The store of the files cannot be used now; nothing was charged.', {
      hint: 'Call again in a minute: what was made before is kept, and need not be made again.',
      localHint: '`inkwell doctor` says what is wrong with it.',
      cause,
    })
  }
}
