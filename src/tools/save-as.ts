import type { Caller } from '../accounts/caller.ts'
import { AppError } from '../errors.ts'
import type { Files } from '../generations/files.ts'
import type { Generation } from '../generations/generation.ts'
import { checkFileName } from '../media/file-name.ts'

/**
 * Returns the checked file name, or null if none is given. Throws `invalid_input` for a bad name, and for any name over
 * HTTP or where files are in a bucket.
 */
export function fileNameOf(
  saveAs: string | undefined,
  { mayReadFiles }: Caller,
  { store }: Pick<Files, 'store'>,
): string | null {
  if (saveAs === undefined) return null
  if (mayReadFiles && store.localPath(saveAs) !== null) return checkFileName(saveAs)
  const why = mayReadFiles
    ? 'saveAs names a file in the output folder, and this server keeps its files in a bucket.'
    : 'saveAs names a file of the server, and is not taken over HTTP.'
  throw new AppError('invalid_input', why, {
    hint: 'Leave saveAs out; the result has a link to each file.',
  })
}

/** Adds a remark to the result of an earlier call: its files keep their names. */
export function withFirstNames(generation: Generation): Generation {
  const remark =
    'saveAs changed nothing: an earlier call made these files, and they keep their names.'
  const { remarks } = generation
  return { ...generation, remarks: { ...remarks, adjusted: [...remarks.adjusted, remark] } }
}
