import { Gauge, type Registry } from 'prom-client'
import { oldestUndelivered } from '../../alerts/outbox.ts'
import type { App } from '../../app.ts'
import { lastCheckpoint } from '../../ledger/proof/checkpoint.ts'
import { sumOpenHolds } from '../../ledger/queries/hold.ts'
import { VERSION } from '../../version.ts'

/** The value of a gauge; null if it is not known now: then it is left out. */
type Read = () => number | null | Promise<number | null>

/** How the values of several workers become one: they read the same ledger, or each its own part. */
type Joined = 'first' | 'sum' | 'max'

type Place = { prefix: string; registry: Registry; mcpSessions: () => number }

/** Registers what is read when it is asked for: money that is held, the last proof, connections, disk and clock. */
export function addGauges(app: App, { prefix, registry, mcpSessions }: Place): void {
  const add = (name: string, help: string, read: Read, aggregator: Joined = 'first'): void => {
    const gauge: Gauge = new Gauge({
      name: `${prefix}${name}`,
      help,
      aggregator,
      registers: [registry],
      collect: async () => {
        const value = await readOrNull(read)
        if (value === null) gauge.remove()
        else gauge.set(value)
      },
    })
  }
  new Gauge({
    name: `${prefix}build_info`,
    help: 'Always 1; the labels name the version and the mode',
    labelNames: ['version', 'mode'],
    aggregator: 'first',
    registers: [registry],
  }).set({ version: VERSION, mode: app.mode }, 1)
  const { db, reports, now, generations } = app
  const held = () => db.read(() => sumOpenHolds())
  add('mcp_sessions', 'Open sessions of 2025-era MCP clients', mcpSessions, 'sum')
  add(
    'held_micro_dollars',
    'What open holds reserve, in micro-dollars',
    async () => (await held()).amount,
  )
  const ageOf = (at: number | null): number => (at === null ? 0 : seconds(now() - at))
  add('oldest_hold_age_seconds', 'Age of the oldest open hold; 0 if there is none', async () =>
    ageOf((await held()).oldest),
  )
  add(
    'ledger_verified_timestamp_seconds',
    'Time of the last proof without a difference, since 1970',
    async () => {
      const checkpoint = await db.read(lastCheckpoint)
      return checkpoint === null ? null : seconds(checkpoint.at)
    },
  )
  add(
    'undelivered_alert_age_seconds',
    'Age of the oldest alert that its receiver did not take and that is sent again; 0 if there is none',
    async () => ageOf(await db.read(oldestUndelivered)),
  )
  add(
    'db_connections_used',
    'Connections to PostgreSQL in use',
    () => db.status.pool()?.used ?? null,
    'sum',
  )
  add(
    'db_connections_waiting',
    'Calls that wait for a connection to PostgreSQL',
    () => db.status.pool()?.waiting ?? null,
    'sum',
  )
  add(
    'replica_lag_seconds',
    'How far the replica for reports is behind',
    async () => (await reports.lagSeconds()) ?? null,
    'max',
  )
  add('output_disk_free_bytes', 'Free space for outputs', () => generations.diskSpace.free())
  add('clock_difference_seconds', 'How far this clock is ahead of that of the database', () =>
    seconds(generations.guard.clockDifferenceMs()),
  )
}

const seconds = (ms: number): number => ms / 1000

/** A gauge that cannot be read must not fail the others. */
async function readOrNull(read: Read): Promise<number | null> {
  try {
    return await read()
  } catch {
    return null
  }
}
