import { AppError } from '../errors.ts'
import { firstOrThrow, type Db, type Row, type TransactionBody } from './db.ts'

/** Reads of reports. They may be as old as the lag of a replica, so nothing is decided by them. */
export type Reports = Pick<Db, 'read'> & {
  /** Returns how far the replica is behind, in seconds; null if it cannot be asked. Undefined without a replica. */
  lagSeconds(): Promise<number | null | undefined>
  close(): Promise<void>
}

/** A connection to a replica. */
export type Replica = Pick<Db, 'read' | 'close'>

/** How long a replica that failed is left alone, in milliseconds. */
const REST_MS = 15_000

/** Reports of the ledger itself. */
export function ownReports(db: Db): Reports {
  return { read: (unit) => db.read(unit), lagSeconds: async () => undefined, close: async () => {} }
}

/**
 * Reports that are read from a replica, or from the ledger while that cannot be used, which `onFailure` is told. The
 * replica is opened at its first use.
 */
export function replicaReports({
  db,
  open,
  onFailure,
}: {
  db: Db
  open: () => Promise<Replica>
  onFailure: (error: AppError) => void
}): Reports {
  let opened: Promise<Replica> | undefined
  let restsUntil = 0
  const replica = (): Promise<Replica> => (opened ??= open())
  const read = async <T>(unit: () => TransactionBody<T>): Promise<T> => {
    if (performance.now() < restsUntil) return await db.read(unit)
    try {
      return await (await replica()).read(unit)
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'ledger_unavailable') throw error
      restsUntil = performance.now() + REST_MS
      onFailure(error)
      return await db.read(unit)
    }
  }
  return {
    read,
    lagSeconds: async () => {
      try {
        const { place } = firstOrThrow(await db.read(() => placeOf()))
        const asked = await (await replica()).read(() => lagBehind(String(place)))
        const lag = firstOrThrow(asked)['lag']
        return lag === null ? null : Math.max(0, Number(lag))
      } catch {
        return null
      }
    },
    close: async () => (await opened)?.close(),
  }
}

/** Returns how far the ledger has written. */
function* placeOf(): TransactionBody<Row[]> {
  return yield () => ({ sql: 'select pg_current_wal_lsn()::text as place', parameters: [] })
}

/**
 * Returns 0 as `lag` if the database has all that was written up to a place; else the age of the newest commit that it has,
 * in seconds. Null if it is no replica.
 */
function* lagBehind(place: string): TransactionBody<Row[]> {
  return yield (builder, sql) =>
    sql`select case when not pg_is_in_recovery() then null
      when pg_last_wal_replay_lsn() >= ${place}::pg_lsn then 0
      else extract(epoch from clock_timestamp() - pg_last_xact_replay_timestamp())::float8 end as lag`.compile(
      builder,
    )
}
