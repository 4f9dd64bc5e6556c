import { createReadStream } from 'node:fs'
import { extname } from 'node:path'
import { Readable } from 'node:stream'
import type { Context } from 'hono'
import type { AssetTable } from '../../db/schema/generations.ts'
import { fileOf } from '../../generations/asset-file.ts'
import { FILE_POLICY } from './policy.ts'

/** Types that a browser can show without running code. All others, such as SVG and HTML, are downloaded. */
const SHOWN = /^(image\/(?!svg)|audio\/|video\/|text\/plain$|application\/json$)/

/**
 * Sends a stored file with its own type. Every response has `nosniff`, so browsers do not guess another type.
 * Throws `not_found` if the file is missing.
 */
export async function sendFile(context: Context, asset: AssetTable) {
  const file = await fileOf(asset)
  const name = `${file.id}${extname(file.path)}`
  return context.body(Readable.toWeb(createReadStream(file.path)) as ReadableStream, 200, {
    'content-type': file.mimeType.startsWith('text/')
      ? `${file.mimeType}; charset=utf-8`
      : file.mimeType,
    'content-length': String(file.bytes),
    'content-disposition': `${SHOWN.test(file.mimeType) ? 'inline' : 'attachment'}; filename="${name}"`,
    'cache-control': 'private, max-age=3600',
    'content-security-policy': FILE_POLICY,
  })
}
