import type { Caller } from '../accounts/caller.ts'
import type { Db } from '../db/db.ts'
import { createImageLoader, type ImageLoader } from '../media/load.ts'
import type { Files } from './files.ts'
import { findSaved } from './references.ts'
import { noteUse } from './upload.ts'

/**
 * Creates the loader of a caller's input images. The output folder is always readable, so that results can be used as
 * inputs.
 */
export function inputLoader(
  { inputDirs, outputDir }: { inputDirs: readonly string[]; outputDir: string },
  ledger: { db: Db; now: () => number; files: Files },
  caller: Caller,
): ImageLoader {
  return createImageLoader({
    inputDirs: [...new Set([...inputDirs, outputDir])],
    allowPaths: caller.mayReadFiles,
    readSaved: async (reference, signal) => {
      const saved = await findSaved(ledger, caller, reference)
      if (saved === null) return null
      await noteUse(ledger, saved)
      return await ledger.files.read(saved, reference, signal)
    },
  })
}
