import { POSTGRES_URL } from './databases.ts'
import { startPostgres } from './postgres.ts'

/** One PostgreSQL server for the whole run, unless one is given: each test makes a database of its own on it. */
export async function setup(): Promise<() => Promise<void>> {
  if (process.env[POSTGRES_URL] !== undefined) return async () => {}
  const server = await startPostgres()
  process.env[POSTGRES_URL] = server.url
  return async () => await server[Symbol.asyncDispose]()
}
