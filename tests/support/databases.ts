import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Db } from '../../src/db/db.ts'
import { openDb } from '../../src/db/queue.ts'
import { openSqlite } from '../../src/db/sqlite.ts'

/** A new empty folder, removed at the end of its scope. */
export function temporaryFolder(): { path: string } & Disposable {
  const path = mkdtempSync(join(tmpdir(), 'inkwell-'))
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) }
}

export type TestDatabase = AsyncDisposable & { db: Db; file: string }

/** A real ledger file of its own, opened. */
export async function temporaryLedger(): Promise<TestDatabase> {
  const folder = temporaryFolder()
  const file = join(folder.path, 'ledger.db')
  const db = openDb(await openSqlite(file))
  return {
    db,
    file,
    [Symbol.asyncDispose]: async () => {
      await db.close()
      folder[Symbol.dispose]()
    },
  }
}
