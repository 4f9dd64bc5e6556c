import type { Clock } from '../clock.ts'
import type { Db } from '../db/db.ts'
import { AppError } from '../errors.ts'
import { newestEntryTime } from './clock-changes.ts'
import { findAccount } from './queries/account.ts'
import { CLOCK_SLACK_MS } from './rules.ts'
import { iso } from '../text.ts'

/** A server whose clock differs from that of the database by more than this refuses paid calls, in milliseconds. */
const DIFFERENCE_MAX_MS = 60_000
/** How long the time of the newest entry is used without looking again, in milliseconds. */
const NEWEST_MS = 10_000

/** What must hold before a paid call begins. */
export type LedgerGuard = {
  /**
   * Throws `ledger_unavailable` if the ledger file is not the one that was opened, or if the clock is wrong: behind the
   * newest entry, or different from that of the database. Entries of other processes are seen after 10 s, those of
   * `accountId` at once.
   */
  assertUsable(accountId?: string): Promise<void>
  /** How far the clock of this machine is ahead of that of the database, in milliseconds; 0 if that has none. */
  clockDifferenceMs(): number
}

/** Creates the guard of one ledger. */
export function createLedgerGuard({ db, clock }: { db: Db; clock: Clock }): LedgerGuard {
  let newest = { at: 0, readAt: Number.NEGATIVE_INFINITY }
  let passedAt = 0 // entries of this process since then are not in `newest`
  const readNewest = async (): Promise<void> => {
    newest = { at: await db.read(newestEntryTime), readAt: performance.now() }
    passedAt = newest.at
  }
  const isBehind = (at: number): boolean => clock.now() < at - CLOCK_SLACK_MS
  return {
    assertUsable: async (accountId) => {
      await db.status.check()
      await clock.refresh()
      const difference = clock.differenceMs()
      if (Math.abs(difference) > DIFFERENCE_MAX_MS) throw clockDiffers(difference, clock.now())
      // Refuses only by what the ledger says now: the clock may have been accepted meanwhile.
      const isOld = performance.now() > newest.readAt + NEWEST_MS
      if (isOld || isBehind(newest.at) || isBehind(passedAt)) await readNewest()
      if (isBehind(newest.at)) throw clockBehind(clock.now(), newest.at)
      if (accountId !== undefined) {
        const [account] = await db.read(() => findAccount({ id: accountId }))
        if (account !== undefined && isBehind(account.last_at))
          throw clockBehind(clock.now(), account.last_at)
      }
      passedAt = Math.max(passedAt, clock.now())
    },
    clockDifferenceMs: () => clock.differenceMs(),
  }
}

const TELL = 'Tell the operator of this server.'

function clockDiffers(differenceMs: number, now: number): AppError {
  const times = `this machine says ${iso(now + differenceMs)}, the database ${iso(now)}`
  return new AppError(
    'ledger_unavailable',
    `The clock of this server is wrong: ${times}; nothing was charged.`,
    { hint: TELL, localHint: 'Set the clock of this machine, or that of the database, right.' },
  )
}

function clockBehind(now: number, newest: number): AppError {
  const times = `it is ${iso(now)} here, and the newest entry of the ledger is of ${iso(newest)}`
  return new AppError(
    'ledger_unavailable',
    `The clock is behind the ledger: ${times}; nothing was charged.`,
    {
      hint: TELL,
      localHint:
        'Set the clock right. If it is right and the newest entry is wrong, `inkwell ledger accept-clock` goes on from the time of the clock.',
    },
  )
}
