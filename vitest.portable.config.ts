import { defineConfig } from 'vitest/config'

/** Suites that need neither PostgreSQL nor a browser nor anything of Linux: what CI runs on macOS and Windows. */
export default defineConfig({
  test: {
    include: [
      'tests/{money,bytes,text,config*,project-files}.test.ts',
      'tests/pricing/**/*.test.ts',
    ],
    testTimeout: 60_000,
  },
})
