import { AppError } from '../errors.ts'

/** Limit of one part of a path, in bytes: file systems allow 255, and a number and an extension may follow. */
const PART_BYTES_MAX = 200
const PARTS_MAX = 8

/** Device names of Windows, with any extension: files with these names cannot be opened there. */
const RESERVED = /^(?:con|prn|aux|nul|com[\d¹²³]|lpt[\d¹²³]|conin\$|conout\$)(?:\.|$)/i
/** Characters that some system forbids in names, and characters that reverse the direction of text. */
const FORBIDDEN = /[<>:"|?*\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}]/u

/**
 * Checks a file name or relative path, so that it stays below its folder on every system. Returns it with `/` between
 * its parts. Throws `invalid_input`, which says what is wrong.
 */
export function checkFileName(name: string): string {
  const parts = name.trim().split(/[\\/]/)
  const problem = problemOf(name.trim(), parts)
  if (problem === undefined) return parts.join('/')
  throw new AppError('invalid_input', `saveAs ${problem}.`, {
    hint: 'Give a file name such as "hero.png", or a path below the output folder such as "icons/hero.png".',
  })
}

function problemOf(name: string, parts: readonly string[]): string | undefined {
  if (/^(?:[\\/~]|[a-z]:)/i.test(name)) return 'must be relative to the output folder'
  if (parts.length > PARTS_MAX) return `has more than ${PARTS_MAX} parts`
  if (parts.includes('')) return 'has an empty part'
  if (parts.some((part) => part.startsWith('.') || part.endsWith('.')))
    return 'has a part that begins or ends with a dot'
  if (parts.some((part) => part !== part.trim())) return 'has white space at an end of a part'
  if (FORBIDDEN.test(name)) return 'holds a character that file names cannot have everywhere'
  if (parts.some((part) => RESERVED.test(part))) return 'has a name that Windows keeps for a device'
  if (parts.some((part) => Buffer.byteLength(part) > PART_BYTES_MAX))
    return `has a part of more than ${PART_BYTES_MAX} bytes`
  return undefined
}
