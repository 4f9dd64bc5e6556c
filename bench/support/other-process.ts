import Database from 'better-sqlite3'

/** Stands for another process on a ledger of SQLite. */
export type OtherProcess = { write(): void; close(): void }

/** Opens a ledger once more. A write changes nothing, but whoever reads the ledger next cannot know that. */
export function openOther(file: string): OtherProcess {
  const database = new Database(file)
  database.pragma('synchronous = OFF')
  const update = database.prepare(
    'update account set name = name where id = (select id from account limit 1)',
  )
  return { write: () => void update.run(), close: () => void database.close() }
}
