import { createReadStream } from 'node:fs'
import { Readable } from 'node:stream'
import type { Context } from 'hono'
import type { AssetTable } from '../../generations/schema.ts'
import { fileOf } from '../asset-file.ts'

/** A file as an answer. Whatever is in it, it runs no script. Throws `not_found` where it has gone. */
export async function fileAnswer(context: Context, asset: AssetTable) {
  const file = await fileOf(asset)
  return context.body(Readable.toWeb(createReadStream(file.path)) as ReadableStream, 200, {
    'content-type': file.mimeType,
    'content-length': String(file.bytes),
    'content-disposition': `inline; filename="${file.id}"`,
    'cache-control': 'private, max-age=3600',
    'content-security-policy': 'sandbox',
  })
}
