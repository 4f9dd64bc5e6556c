import { extname } from 'node:path'
import { Readable } from 'node:stream'
import type { Context } from 'hono'
import type { AssetTable } from '../../db/schema/generations.ts'
import type { Files } from '../../generations/files.ts'
import { isShown } from '../../media/kinds.ts'
import type { ByteRange } from '../../media/output-store.ts'
import { FILE_POLICY } from './policy.ts'

/**
 * Sends a stored file with its own type, or the part of it that the request asks for: players jump about in videos.
 * Every response has `nosniff`, so browsers do not guess another type. Throws what `files.open` throws.
 */
export async function sendFile(context: Context, files: Files, asset: AssetTable) {
  const { mime_type: type, bytes } = asset
  const range = rangeOf(context.req.header('range'), bytes)
  const headers = { 'accept-ranges': 'bytes', 'content-security-policy': FILE_POLICY }
  if (range === 'beyond')
    return context.body(null, 416, { ...headers, 'content-range': `bytes */${bytes}` })
  const opened = await files.open(asset, range ?? undefined)
  const part = range !== null && {
    'content-range': `bytes ${range.start}-${range.end}/${opened.bytes}`,
  }
  const length = range === null ? opened.bytes : range.end - range.start + 1
  const name = `${asset.id}${extname(asset.path)}`
  const status = part ? 206 : 200
  const described = {
    ...headers,
    ...part,
    'content-type': type.startsWith('text/') ? `${type}; charset=utf-8` : type,
    'content-length': String(length),
    'content-disposition': `${isShown(type) ? 'inline' : 'attachment'}; filename="${name}"`,
    'cache-control': 'private, max-age=3600',
  }
  if (context.req.method !== 'HEAD')
    return context.body(Readable.toWeb(opened.content) as ReadableStream, status, described)
  opened.content.destroy() // Hono drops the body of a response to HEAD without ending it
  return context.body(null, status, described)
}

/** Reads a Range header of one range. Null for the whole file, as for anything that is not understood (RFC 9110). */
function rangeOf(header: string | undefined, bytes: number): ByteRange | 'beyond' | null {
  const [, from = '', to = ''] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header ?? '') ?? []
  if (from === '' && to === '') return null
  const start = from === '' ? Math.max(0, bytes - Number(to)) : Number(from)
  const end = from === '' || to === '' ? bytes - 1 : Math.min(Number(to), bytes - 1)
  if (from !== '' && to !== '' && Number(to) < start) return null
  return start >= bytes || end < start ? 'beyond' : { start, end }
}
