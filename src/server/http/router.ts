import type { Result, Router } from 'hono/router'
import { TrieRouter } from 'hono/router/trie-router'

/** Most addresses that are remembered, and the longest of them, in characters. */
const ADDRESSES_MAX = 500
const LENGTH_MAX = 200

/**
 * Creates a router that finds the routes of an address once. Hono's fastest router does not take ours, because a file and
 * a folder of the pages have the same place; the other one searches a tree for each request.
 */
export function createRouter<T>(): Router<T> {
  const tree = new TrieRouter<T>()
  const found = new Map<string, Result<T>>()
  return {
    name: 'remembered',
    add: (method, path, handler) => {
      tree.add(method, path, handler)
      found.clear() // what was found may lack it
    },
    match: (method, path) => {
      const address = `${method} ${path}`
      const known = found.get(address)
      if (known !== undefined) return known
      const result = tree.match(method, path)
      if (found.size >= ADDRESSES_MAX) found.clear()
      if (address.length <= LENGTH_MAX) found.set(address, result)
      return result
    },
  }
}
