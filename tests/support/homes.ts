/** Databases for the homes that the running test makes; null where homes keep their ledger in a file of their own. */
let waiting: string[] | null = null
const given = new Map<string, string>()

/** Gives the next homes a database each, which they take out of the list. */
export function useDatabases(urls: string[] | null): void {
  waiting = urls
}

/** The engine that the running test is on. */
export function engineOfTest(): 'sqlite' | 'postgres' {
  return waiting === null ? 'sqlite' : 'postgres'
}

/** The setting of a home's processes that names its database; nothing for a file of its own. */
export function databaseOf(home: string): { INKWELL_DATABASE_URL?: string } {
  const url = given.get(home) ?? waiting?.pop()
  if (url === undefined && waiting !== null)
    throw new Error('this test makes more homes than it has databases')
  if (url === undefined) return {}
  given.set(home, url)
  return { INKWELL_DATABASE_URL: url }
}
