import type { InputFile } from '../media/image.ts'

/** Fields of a model's input or answer that hold addresses of files, such as image_url, image_urls and url. */
export const LINK_FIELD = /(^|_)urls?$/i

type Leaf = (value: string | InputFile, field: string) => unknown

/**
 * An input with each text in it, and each file that was loaded in place of a text, replaced by what `replace` makes
 * of it. `field` is the nearest key: the items of image_urls stand in it, as the value of image_url does in its own.
 */
export async function replaceLeaves(
  input: Record<string, unknown>,
  replace: Leaf,
): Promise<Record<string, unknown>> {
  return (await replaced(input, '', replace)) as Record<string, unknown>
}

async function replaced(value: unknown, field: string, replace: Leaf): Promise<unknown> {
  if (typeof value === 'string' || isLoaded(value)) return await replace(value, field)
  if (Array.isArray(value))
    return await Promise.all(value.map((item) => replaced(item, field, replace)))
  if (typeof value !== 'object' || value === null) return value
  const members = Object.entries(value).map(
    async ([key, member]) => [key, await replaced(member, key, replace)] as const,
  )
  return Object.fromEntries(await Promise.all(members))
}

/** Whether a value is a file that was loaded: nothing that came as JSON holds bytes. */
export function isLoaded(value: unknown): value is InputFile {
  return (
    typeof value === 'object' &&
    value !== null &&
    'bytes' in value &&
    value.bytes instanceof Uint8Array
  )
}

/** The files that were loaded in an input. */
export function filesIn(value: unknown): InputFile[] {
  if (isLoaded(value)) return [value]
  if (typeof value !== 'object' || value === null) return []
  return Object.values(value).flatMap(filesIn)
}
