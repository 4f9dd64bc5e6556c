/** Wakes all callers that wait for a change. */
export type Signal = { notify(): void; wait(): Promise<void> }

export function createSignal(): Signal {
  let next = Promise.withResolvers<void>()
  return {
    notify() {
      next.resolve()
      next = Promise.withResolvers<void>()
    },
    wait: () => next.promise,
  }
}
