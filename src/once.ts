/** Runs `make` once per key and shares its result. A failure is not kept, so that the next call tries again. */
export function memoizeAsync<T>(): (key: string, make: () => Promise<T>) => Promise<T> {
  const made = new Map<string, Promise<T>>()
  return (key, make) => {
    const known = made.get(key)
    if (known !== undefined) return known
    const making = make().catch((error: unknown) => {
      made.delete(key)
      throw error
    })
    made.set(key, making)
    return making
  }
}
