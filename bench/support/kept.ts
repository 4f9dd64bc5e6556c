import { constants, copyFileSync, existsSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { RUNS_FOLDER } from './measured.ts'

/**
 * Fills a file, or copies what an earlier bench or run of the same `bench/run.ts` filled under this name: filling a
 * ledger with 1,000,000 generations takes a minute, a copy of it a second.
 */
export async function filledOnce(
  name: string,
  file: string,
  fill: (file: string) => Promise<void>,
  folder = RUNS_FOLDER,
): Promise<void> {
  if (folder === undefined) return await fill(file)
  const kept = join(folder, `${name}.db`)
  if (!existsSync(kept)) {
    await fill(`${kept}-new`)
    renameSync(`${kept}-new`, kept)
  }
  copyFileSync(kept, file, constants.COPYFILE_FICLONE)
}
