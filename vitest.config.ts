import { existsSync, statfsSync } from 'node:fs'
import { configDefaults, defineConfig } from 'vitest/config'
import { LongFirst } from './tests/support/long-first.ts'
import { Tally } from './tests/support/tally.ts'

/** Suites that wait, kill processes or drive many of them: `npm run test:long`. */
const LONG = 'tests/**/*.long.test.ts'

/** A workspace of its own: `npm run test:hosts`. */
const HOSTS = 'tests/hosts/**'

/** The packages as users install them, with tools of packaging/: `npm run test:packages`. */
const PACKAGES = 'tests/packages/**/*.test.ts'

/**
 * Suites that run a second time with every ledger on PostgreSQL: those whose facts depend on its locks, its order or its
 * connections. What only reads or checks requests is not among them; the suites of the inner rooms run on both engines.
 */
const ON_POSTGRES = [
  'tests/server/http-{crowd,limits,sessions,stop,uploads}.long.test.ts',
  'tests/server/http-{find,lost-answers,transactions,unpaid}.test.ts',
  'tests/billing/{no-webhook,outages,paying,returns,webhook}.test.ts',
  'tests/billing/opening.long.test.ts',
  'tests/connect/{connect,crowd,ends,identity,operator,steps}.test.ts',
]

/** A folder in memory. Ledgers there sync as often as on a disk, without its milliseconds: half of the time of many suites. */
const IN_MEMORY = '/dev/shm'
const NEEDED_BYTES = 4 * 1024 ** 3

if (existsSync(IN_MEMORY)) {
  const { bavail, bsize } = statfsSync(IN_MEMORY)
  if (bavail * bsize >= NEEDED_BYTES) process.env['TMPDIR'] ??= IN_MEMORY
}

export default defineConfig({
  test: {
    globalSetup: ['tests/support/global-setup.ts', 'tests/support/built.ts'], // PostgreSQL, and Inkwell itself
    testTimeout: 60_000, // processes are spawned on a shared machine of two cores
    hookTimeout: 60_000,
    isolate: false, // test files share a process, so that each loads the sources once
    maxWorkers: 2, // most of a test is waiting for the processes it spawned
    sequence: { sequencer: LongFirst },
    reporters: ['default', new Tally()],
    coverage: { provider: 'v8', include: ['src/**/*.ts'], reporter: ['text-summary'] },
    projects: [
      {
        extends: true,
        test: {
          name: 'short',
          include: ['tests/**/*.test.ts'],
          exclude: [...configDefaults.exclude, LONG, HOSTS, PACKAGES],
          setupFiles: 'tests/support/in-files.ts',
        },
      },
      {
        extends: true,
        test: {
          name: 'long',
          include: [LONG],
          exclude: [...configDefaults.exclude, HOSTS],
          setupFiles: 'tests/support/in-files.ts',
        },
      },
      {
        extends: true,
        test: { name: 'packages', include: [PACKAGES], globalSetup: 'tests/packages/packed.ts' },
      },
      {
        extends: true,
        test: {
          name: 'postgres',
          include: ON_POSTGRES,
          setupFiles: 'tests/support/on-postgres.ts',
        },
      },
    ],
  },
})
