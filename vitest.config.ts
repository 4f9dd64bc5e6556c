import { defineConfig } from 'vitest/config'
import { Tally } from './tests/support/tally.ts'

export default defineConfig({
  test: {
    include: ['tests/**/*.test.ts'],
    globalSetup: 'tests/support/global-setup.ts', // PostgreSQL
    testTimeout: 60_000, // processes are spawned on a shared machine of two cores
    hookTimeout: 60_000,
    reporters: ['default', new Tally()],
    coverage: { provider: 'v8', include: ['src/**/*.ts'], reporter: ['text-summary'] },
  },
})
