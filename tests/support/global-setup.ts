import type { TestProject } from 'vitest/node'
import { newDatabase, openEngine, POSTGRES_URL, temporaryFolder, TEMPLATES } from './databases.ts'
import { startPostgres } from './postgres.ts'

/** One PostgreSQL server for the whole run, unless one is given: each test makes a database of its own on it. */
export async function setup({ vitest }: TestProject): Promise<() => Promise<void>> {
  const opened = new AsyncDisposableStack()
  if (process.env[POSTGRES_URL] === undefined)
    process.env[POSTGRES_URL] = opened.use(await startPostgres()).url
  if (!vitest.config.watch) await makeTemplates(opened.use(temporaryFolder()).path)
  return async () => await opened.disposeAsync()
}

/** Makes the ledgers that tests copy. Making the tables anew takes four times as long. */
async function makeTemplates(folder: string): Promise<void> {
  const file = `${folder}/ledger.db`
  const database = await newDatabase(process.env[POSTGRES_URL] ?? '')
  for (const url of [`sqlite:${file}`, database]) await (await openEngine(url)).close()
  process.env[TEMPLATES.file] = file
  process.env[TEMPLATES.database] = new URL(database).pathname.slice(1)
}
