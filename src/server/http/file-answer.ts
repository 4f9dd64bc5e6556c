import { createReadStream } from 'node:fs'
import { extname } from 'node:path'
import { Readable } from 'node:stream'
import type { Context } from 'hono'
import type { AssetTable } from '../../db/schema/generations.ts'
import { fileOf } from '../asset-file.ts'

/** What a browser shows without running anything in it. All else, such as SVG and HTML, is only downloaded. */
const SHOWN = /^(image\/(?!svg)|audio\/|video\/|text\/plain$|application\/json$)/

/**
 * A file as an answer, under its own type, which a browser may not guess anew (`nosniff` is on every answer).
 * Whatever is in it, it runs no script. Throws `not_found` where it has gone.
 */
export async function fileAnswer(context: Context, asset: AssetTable) {
  const file = await fileOf(asset)
  const name = `${file.id}${extname(file.path)}`
  return context.body(Readable.toWeb(createReadStream(file.path)) as ReadableStream, 200, {
    'content-type': file.mimeType.startsWith('text/')
      ? `${file.mimeType}; charset=utf-8`
      : file.mimeType,
    'content-length': String(file.bytes),
    'content-disposition': `${SHOWN.test(file.mimeType) ? 'inline' : 'attachment'}; filename="${name}"`,
    'cache-control': 'private, max-age=3600',
    'content-security-policy': 'sandbox',
  })
}
