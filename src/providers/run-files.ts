import type { InputFile } from '../media/image.ts'

/** Names of input and output fields that contain file URLs, such as image_url, image_urls and url. */
export const LINK_FIELD = /(^|_)urls?$/i

type Leaf = (value: string | InputFile, field: string) => unknown

/**
 * Returns an input in which each text and each loaded file is replaced by the result of `replace`. `field` is the
 * nearest key: `image_urls` for each item of that list, `image_url` for that value.
 */
export async function replaceLeaves(
  input: Record<string, unknown>,
  replace: Leaf,
): Promise<Record<string, unknown>> {
  return (await replaceIn(input, '', replace)) as Record<string, unknown>
}

async function replaceIn(value: unknown, field: string, replace: Leaf): Promise<unknown> {
  if (typeof value === 'string' || isLoaded(value)) return await replace(value, field)
  if (Array.isArray(value))
    return await Promise.all(value.map((item) => replaceIn(item, field, replace)))
  if (typeof value !== 'object' || value === null) return value
  const members = Object.entries(value).map(
    async ([key, member]) => [key, await replaceIn(member, key, replace)] as const,
  )
  return Object.fromEntries(await Promise.all(members))
}

/** Returns whether a value is a loaded file. JSON values contain no byte arrays. */
export function isLoaded(value: unknown): value is InputFile {
  return (
    typeof value === 'object' &&
    value !== null &&
    'bytes' in value &&
    value.bytes instanceof Uint8Array
  )
}

/** Returns the loaded files in an input. */
export function filesIn(value: unknown): InputFile[] {
  if (isLoaded(value)) return [value]
  if (typeof value !== 'object' || value === null) return []
  return Object.values(value).flatMap(filesIn)
}
