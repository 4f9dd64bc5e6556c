import type { Command, Db, TransactionBody } from './db.ts'

/**
 * A database that opens at its first use, so that start-up does not wait for it. After a failure the next use tries
 * again.
 */
export function lazyDb(open: () => Promise<Db>): Db {
  let opening: Promise<Db> | undefined
  let current: Db | undefined
  const opened = (): Promise<Db> => {
    opening ??= open().then(
      (db) => (current = db),
      (error: unknown) => {
        opening = undefined
        throw error
      },
    )
    return opening
  }
  return {
    write: async <T>(unit: () => TransactionBody<T>) => (await opened()).write(unit),
    apply: async <A, T>(command: Command<A, T>, args: A) => (await opened()).apply(command, args),
    read: async <T>(unit: () => TransactionBody<T>) => (await opened()).read(unit),
    status: {
      check: async () => (await opened()).status.check(),
      about: async () => (await opened()).status.about(),
      time: async () => (await opened()).status.time(),
      pool: () => current?.status.pool() ?? null,
    },
    close: async () => (await opening)?.close(),
  }
}
