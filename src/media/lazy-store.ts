import { memoizeAsync } from '../once.ts'
import type { OutputStore } from './output-store.ts'

type Known = Pick<OutputStore, 'name' | 'staging' | 'localPath' | 'pathOf'>

/** A store that is opened at its first use. What is known of it without that is given. */
export function lazyStore(known: Known, open: () => Promise<OutputStore>): OutputStore {
  const opened = memoizeAsync<OutputStore>()
  const store = (): Promise<OutputStore> => opened('', open)
  return {
    ...known,
    check: async () => await (await store()).check(),
    put: async (file) => await (await store()).put(file),
    open: async (path, range) => await (await store()).open(path, range),
    url: async (path, seconds) => await (await store()).url(path, seconds),
    remove: async (path) => await (await store()).remove(path),
    async *list(start) {
      yield* (await store()).list(start)
    },
  }
}
