/**
 * Waits for `work`, but at most `timeoutMs` milliseconds. The work itself continues. The wait keeps the process alive:
 * one that has nothing else to do would end in the middle of it.
 */
export async function atMost(work: Promise<unknown>, timeoutMs: number): Promise<void> {
  const timeout = Promise.withResolvers<void>()
  const timer = setTimeout(timeout.resolve, Math.ceil(timeoutMs))
  await Promise.race([work, timeout.promise]).finally(() => clearTimeout(timer))
}
