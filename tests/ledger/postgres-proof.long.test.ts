import { expect, test } from 'vitest'
import { startPostgres } from '../support/postgres.ts'
import { proveOnPostgres } from '../support/postgres-proof.ts'

test('processes that are killed and a server that crashes lose no order and do none twice', async () => {
  await using server = await startPostgres() // of its own: it is crashed
  const figures = await proveOnPostgres({
    server,
    processes: 3,
    agents: 24,
    forMs: 6_000,
    killEveryMs: 3_000,
    crashEveryMs: 2_500,
  })
  expect(figures.kills).toBeGreaterThan(2)
  expect(figures.crashes).toBeGreaterThan(0)
  expect(figures.captured).toBeGreaterThan(0)
})
