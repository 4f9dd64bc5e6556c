/** Wakes everyone who waits for something to have moved. */
export type Bell = { ring(): void; heard(): Promise<void> }

export function createBell(): Bell {
  let next = Promise.withResolvers<void>()
  return {
    ring() {
      next.resolve()
      next = Promise.withResolvers<void>()
    },
    heard: () => next.promise,
  }
}
