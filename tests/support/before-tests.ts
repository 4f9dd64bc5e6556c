import { afterAll, beforeAll } from 'vitest'

type Keep = <T extends Disposable | AsyncDisposable>(opened: T) => T

/** Opens what the tests of a file share. What is kept is closed after them, the last first. */
export function beforeTests(open: (keep: Keep) => Promise<void>): void {
  const kept = new AsyncDisposableStack()
  beforeAll(() => open((opened) => kept.use(opened)))
  afterAll(() => kept.disposeAsync())
}
