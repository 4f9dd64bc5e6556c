import { randomBytes } from 'node:crypto'
import type { StoredFile } from './books.ts'

export const FILE_HOST = 'v3b.fal.media'

export type FileStore = {
  readonly files: StoredFile[]
  /** Keeps bytes under a path of `newPath`. */
  keep(file: Omit<StoredFile, 'url' | 'expired'>): StoredFile
  at(path: string): StoredFile | undefined
}

/** The file host's shelf: every file has an address that nobody can guess and anybody can read. */
export function createFileStore(): FileStore {
  const byPath = new Map<string, StoredFile>()
  return {
    get files() {
      return [...byPath.values()]
    },
    keep(file) {
      const stored = { ...file, url: `https://${FILE_HOST}${file.path}`, expired: false }
      byPath.set(file.path, stored)
      return stored
    },
    at: (path) => byPath.get(path),
  }
}

/** The path of a new file: `/files/b/<8 hex>/<id>_<name>`. */
export function newPath(name: string): string {
  const id = randomBytes(15).toString('base64url')
  return `/files/b/${randomBytes(4).toString('hex')}/${id}_${name.replaceAll(/[^\w.-]/g, '_')}`
}
