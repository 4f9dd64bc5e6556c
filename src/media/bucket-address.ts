import type { Bucket } from '../config/store.ts'

/** Returns the address of an object, without a signature: where clients reach the bucket. Null if they do not. */
export function addressOf({ bucket, prefix, links, isInPath }: Bucket, path: string): URL | null {
  if (links === null) return null
  const url = new URL(links)
  if (!isInPath) url.host = `${bucket}.${url.host}`
  const parts = `${prefix}${path}`.split('/').map(encoded)
  url.pathname = [...(isInPath ? [bucket] : []), ...parts].join('/')
  return url
}

/** Returns the path below the prefix that an address names, signed or not; null for an address elsewhere. */
export function pathAt(bucket: Bucket, address: string): string | null {
  const start = addressOf(bucket, '')
  const url = URL.parse(address)
  if (start === null || url?.origin !== start.origin || !url.pathname.startsWith(start.pathname))
    return null
  try {
    return decodeURIComponent(url.pathname.slice(start.pathname.length)) || null
  } catch {
    return null
  }
}

/** As AWS signs it: everything but letters, digits and - . _ ~ is escaped. */
function encoded(part: string): string {
  const hex = (character: string): string =>
    `%${character.charCodeAt(0).toString(16).toUpperCase()}`
  return encodeURIComponent(part).replace(/[!'()*]/g, hex)
}
