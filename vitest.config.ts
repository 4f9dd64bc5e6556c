import { defineConfig } from 'vitest/config'
import { Tally } from './tests/support/tally.ts'

/** Suites that pass on PostgreSQL too, all of them; those of the rooms below run on both engines by themselves. */
const ON_POSTGRES = ['tests/server/http-*.test.ts', 'tests/billing/!(mutants|deliveries).test.ts']

export default defineConfig({
  test: {
    globalSetup: 'tests/support/global-setup.ts', // PostgreSQL
    testTimeout: 60_000, // processes are spawned on a shared machine of two cores
    hookTimeout: 60_000,
    maxWorkers: 2, // most of a test is waiting for the processes it spawned
    reporters: ['default', new Tally()],
    coverage: { provider: 'v8', include: ['src/**/*.ts'], reporter: ['text-summary'] },
    projects: [
      {
        extends: true,
        test: { name: 'all', include: ['tests/**/*.test.ts'], exclude: ['tests/{hosts,long}/**'] },
      },
      { extends: true, test: { name: 'long', include: ['tests/long/*.test.ts'] } },
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
