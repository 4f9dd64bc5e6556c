const TIMES_FASTER = 25

/**
 * Makes the waits between the tries of fal's client short, which no option can: it sleeps by the global
 * `setTimeout`, for times that chance makes fractions. Whole milliseconds are other people's and stay.
 */
export function hurryFalClient(): Disposable {
  const real = globalThis.setTimeout
  const hasty = (run: (...args: unknown[]) => void, ms = 0, ...args: unknown[]) =>
    real(run, Number.isInteger(ms) ? ms : ms / TIMES_FASTER, ...args)
  globalThis.setTimeout = Object.assign(hasty, real)
  return {
    [Symbol.dispose]() {
      globalThis.setTimeout = real
    },
  }
}
