import type { Caller } from '../accounts/caller.ts'
import type { Db } from '../db/db.ts'
import { createImageLoader, type ImageLoader } from '../media/load.ts'
import { findSaved } from './references.ts'
import { noteUse } from './upload.ts'

/**
 * Creates the loader of a caller's input images. The output folder is always readable, so that results can be used as
 * inputs.
 */
export function inputLoader(
  { inputDirs, outputDir }: { inputDirs: readonly string[]; outputDir: string },
  ledger: { db: Db; now: () => number },
  caller: Caller,
): ImageLoader {
  return createImageLoader({
    inputDirs: [...new Set([...inputDirs, outputDir])],
    allowPaths: caller.mayReadFiles,
    findSaved: async (reference) => {
      const saved = await findSaved(ledger, caller, reference)
      if (saved !== null) await noteUse(ledger, saved)
      return saved
    },
  })
}
