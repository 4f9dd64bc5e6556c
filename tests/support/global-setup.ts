import { POSTGRES_URL } from './databases.ts'
import { startPostgres } from './postgres.ts'

/** One PostgreSQL server for the whole run: each test makes a database of its own on it. */
export async function setup(): Promise<() => Promise<void>> {
  const server = await startPostgres()
  process.env[POSTGRES_URL] = server.url
  return async () => await server[Symbol.asyncDispose]()
}
