import { setTimeout as sleep } from 'node:timers/promises'

/**
 * Waits for `work`, but at most `timeoutMs` milliseconds. The work itself continues. The wait keeps the process alive:
 * one that has nothing else to do would end in the middle of it.
 */
export async function atMost(work: Promise<unknown>, timeoutMs: number): Promise<void> {
  const cancel = new AbortController()
  const timeout = sleep(timeoutMs, undefined, { signal: cancel.signal }).catch(() => {})
  await Promise.race([work, timeout]).finally(() => cancel.abort())
}
