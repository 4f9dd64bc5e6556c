/** Runs something again and again in the background. */
export type Rounds = { start(): void; stop(): void }

/**
 * Creates rounds for a fleet with leases of `leaseMs` milliseconds: each begins a quarter to a third of a lease after
 * the one before, at random, so that servers do not all look at once. Lost work is found one and a third leases after
 * the last sign of its process at the latest. The timer does not keep the process running. `round` never rejects.
 */
export function createRounds(leaseMs: number, round: () => Promise<void>): Rounds {
  let timer: NodeJS.Timeout | undefined
  let stopped = false
  const next = (): void => {
    if (stopped) return
    timer = setTimeout(
      () => void round().finally(next),
      leaseMs / 4 + (Math.random() * leaseMs) / 12,
    )
    timer.unref()
  }
  return {
    start: () => {
      if (timer === undefined) next()
    },
    stop: () => {
      stopped = true
      clearTimeout(timer)
    },
  }
}
