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

/** Runs `make` once per key and shares its result. */
export function memoize<K, T>(make: (key: K) => T): (key: K) => T {
  const made = new Map<K, T>()
  return (key) => {
    const known = made.get(key) ?? make(key)
    made.set(key, known)
    return known
  }
}

/**
 * Runs `make` once per object and shares its result for as long as the object lives. For what follows from an object that
 * nobody changes, such as the rows of a read.
 */
export function memoizeFor<T>(): (source: object, make: () => T) => T {
  const made = new WeakMap<object, T>()
  return (source, make) => {
    const known = made.get(source) ?? make()
    made.set(source, known)
    return known
  }
}
