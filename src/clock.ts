/** A clock that differs from that of the database by more than this is reported, in milliseconds. */
export const DIFFERENCE_SHOWN_MS = 5_000

/** A clock of this machine that moved by more than this was set, or the machine slept, in milliseconds. */
const JUMP_MS = 2_000
/** How long a measurement is used, in milliseconds. */
const FRESH_MS = 60_000
/** Tries of one measurement. The quickest is the most exact. */
const TRIES = 3
/** A measurement with an answer this quick is not repeated, in milliseconds. */
const QUICK_MS = 20

/** Returns the time of a database, in milliseconds since 1970; null if it has no clock of its own. */
type ReadTime = () => Promise<number | null>

/** The one clock of this process. */
export type Clock = {
  /** Milliseconds since 1970. */
  now(this: void): number
  /** How far the clock of this machine is ahead of `now`, in milliseconds. */
  differenceMs(): number
  /** Follows the clock of a database from now on, if that has one. Throws what `read` throws. */
  follow(read: ReadTime): Promise<void>
  /** Measures again if the last measurement is old or the clock of this machine moved. Throws what `read` throws. */
  refresh(this: void): Promise<void>
}

/** One moment by the database, by this machine, and in ticks of this process, all in milliseconds. */
type Moment = { at: number; wall: number; ticks: number }

/**
 * A clock that shows the time of this machine until it follows a database. Between two measurements it goes on by the
 * ticks of this process, so setting the clock of this machine does not move it.
 */
export function createClock(): Clock {
  let readTime: ReadTime = async () => null
  let measured: Moment | null = null
  let measuring: Promise<void> | undefined
  const now = (): number =>
    measured === null ? Date.now() : Math.round(measured.at + performance.now() - measured.ticks)
  const differenceMs = (): number => Date.now() - now()
  const isFresh = ({ at, wall, ticks }: Moment): boolean =>
    performance.now() - ticks < FRESH_MS && Math.abs(differenceMs() - (wall - at)) < JUMP_MS
  const measure = (): Promise<void> =>
    (measuring ??= quickest(readTime)
      .then((moment) => void (measured = moment))
      .finally(() => (measuring = undefined)))
  return {
    now,
    differenceMs,
    follow: async (read) => {
      readTime = read
      await measure()
    },
    refresh: async () => {
      if (measured !== null && !isFresh(measured)) await measure()
    },
  }
}

/** A clock that a test moves. */
export function fixedClock(now: () => number): Clock {
  return { now, differenceMs: () => 0, follow: async () => {}, refresh: async () => {} }
}

/** Measures the time of a database: half of the wait for its answer is taken to have passed since it read its clock. */
async function quickest(read: ReadTime): Promise<Moment | null> {
  let best: (Moment & { tookMs: number }) | null = null
  for (let tries = 0; tries < TRIES; tries++) {
    const asked = performance.now()
    const at = await read()
    if (at === null) return null
    const ticks = performance.now()
    const tookMs = ticks - asked
    if (best === null || tookMs < best.tookMs)
      best = { at: at + tookMs / 2, wall: Date.now(), ticks, tookMs }
    if (tookMs < QUICK_MS) break
  }
  return best
}
