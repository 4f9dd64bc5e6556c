import type { Caller } from '../accounts/caller.ts'
import type { Db } from '../db/db.ts'
import { openAccount } from '../ledger/ledger.ts'
import { memoizeAsync } from '../once.ts'
import type { Recover } from './recover.ts'

/** Looks for work of dead processes at most this often, in milliseconds. */
const SWEEP_EVERY_MS = 1_000

type ReadyDeps = { db: Db; recover: Recover; now: () => number }

/** Creates the function that opens a caller's account, once, and finishes lost work before its balance is read. */
export function createReady({ db, recover, now }: ReadyDeps): (caller: Caller) => Promise<void> {
  const opened = memoizeAsync<void>()
  let sweptAt = 0
  return async ({ account: { id, name } }) => {
    await opened(id, () => db.write(() => openAccount(id, name, now())))
    if (now() < sweptAt + SWEEP_EVERY_MS) return
    sweptAt = now()
    await recover()
  }
}
