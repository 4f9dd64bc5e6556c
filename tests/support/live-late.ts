/**
 * Counts the submits to fal whose answer had not come whole when their deadline passed. On a busy machine that happens to
 * a fal that answers as well, and nobody can tell then whether the work began.
 */
export function countLateSubmits(): Disposable & { count: () => number } {
  const real = globalThis.fetch
  let late = 0
  globalThis.fetch = async (input, init) => {
    const isSubmit =
      init?.method === 'POST' && typeof input === 'string' && /\/(queue\.)?fal\.run\//.test(input)
    if (!isSubmit) return await real(input, init)
    try {
      const response = await real(input, init)
      await response.clone().arrayBuffer()
      return response
    } catch (error) {
      if (init.signal?.aborted === true) late += 1
      throw error
    }
  }
  return {
    count: () => late,
    [Symbol.dispose]() {
      globalThis.fetch = real
    },
  }
}
