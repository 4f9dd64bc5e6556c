import { argv, stdout } from 'node:process'
import { startPostgres } from '../tests/support/postgres.ts'
import { proveOnPostgres } from '../tests/support/postgres-proof.ts'

/**
 * Eight processes of 64 agents on one PostgreSQL, a hot account and a thousand others, with processes killed and the
 * server crashed at random; throws with the first order that was lost or done twice.
 * `npm run stress:postgres -- [seconds]`
 */
const forMs = Number(argv[2] ?? 60) * 1_000
await using server = await startPostgres()
const figures = await proveOnPostgres({
  server,
  processes: 8,
  agents: 64,
  forMs,
  killEveryMs: 8_000,
  crashEveryMs: 5_000,
})
stdout.write(
  `${forMs / 1_000} s: ${figures.kills} processes killed, ${figures.crashes} crashes of PostgreSQL; ` +
    `told: ${figures.captured} captured, ${figures.released} released, ${figures.held} still held; ` +
    `${figures.failed} calls told that the ledger was unavailable; ${figures.rows} holds on record, ` +
    `${figures.open} of them open; 0 lost, 0 twice, 0 negative\n`,
)
