import { join, sep } from 'node:path'
import type { Db } from '../db/db.ts'
import { FOLDER } from '../media/output-store.ts'
import { selectOldPath, shortenPaths } from './queries.ts'

/** Rows in one transaction. */
const PAGE = 500

/**
 * Older versions wrote where each file is on their machine. What they wrote below this output folder becomes a path
 * below the store, so that the folder can be mounted elsewhere. Each server does that for its own folder.
 */
export async function takeOverPaths(db: Db, outputDir: string): Promise<void> {
  const [old] = await db.read(() => selectOldPath({}))
  if (old === undefined) return
  const page = { store: FOLDER, below: join(outputDir, sep), limit: PAGE }
  while ((await db.write(() => shortenPaths(page))).length === PAGE);
}
