import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { argv, env, exit } from 'node:process'
import { POSTGRES_URL } from '../tests/support/databases.ts'
import { startInstalledPostgres } from '../tests/support/cluster/installed.ts'

/**
 * Runs the tests of the ledger on the PostgreSQL that the operating system has, instead of the one from npm.
 * `npm run test:postgres -- [paths]`
 */
const paths = argv.length > 2 ? argv.slice(2) : ['tests/ledger', 'tests/generations', 'tests/usage']
await using server = await startInstalledPostgres()
const vitest = spawn(
  'npx',
  ['vitest', 'run', '--project', 'short', '--maxWorkers', '1', ...paths],
  {
    env: { ...env, [POSTGRES_URL]: server.url },
    stdio: 'inherit',
  },
)
const [code] = (await once(vitest, 'exit')) as [number | null]
await server[Symbol.asyncDispose]()
exit(code ?? 1)
