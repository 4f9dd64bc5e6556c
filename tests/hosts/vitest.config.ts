import { defineConfig } from 'vitest/config'
import { Tally } from '../support/tally.ts'

export default defineConfig({
  test: {
    globalSetup: '../support/built.ts',
    include: ['*.test.ts'],
    setupFiles: 'support/offline.ts',
    testTimeout: 60_000,
    hookTimeout: 120_000, // a whole session with a server of its own
    isolate: false, // as in the other tests
    maxWorkers: 2,
    reporters: ['default', new Tally()],
    env: {
      OPENAI_AGENTS_DISABLE_TRACING: '1',
      MASTRA_TELEMETRY_DISABLED: '1',
      LANGSMITH_TRACING: 'false',
    },
  },
})
