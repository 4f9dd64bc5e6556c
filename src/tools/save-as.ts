import type { Caller } from '../accounts/caller.ts'
import { AppError } from '../errors.ts'
import type { Generation } from '../generations/generation.ts'
import { checkFileName } from '../media/file-name.ts'

/** The name that a caller wants for its files, checked, or null. Throws `invalid_input`, also where paths mean nothing. */
export function fileNameOf(saveAs: string | undefined, { mayReadFiles }: Caller): string | null {
  if (saveAs === undefined) return null
  if (mayReadFiles) return checkFileName(saveAs)
  throw new AppError(
    'invalid_input',
    'saveAs names a file of the server, and is not taken over HTTP.',
    {
      hint: 'Leave saveAs out; the result has a link to each file.',
    },
  )
}

/** A generation of an earlier call, for a caller who names its files: they keep the names that they have. */
export function withFirstNames(generation: Generation): Generation {
  const said =
    'saveAs changed nothing: an earlier call made these files, and they keep their names.'
  const { remarks } = generation
  return { ...generation, remarks: { ...remarks, adjusted: [...remarks.adjusted, said] } }
}
