import type { Hono } from 'hono'
import { requireScope } from '../../accounts/scopes.ts'
import { AppError } from '../../errors.ts'
import { PREVIEW_MAX } from '../../generations/files.ts'
import { findAsset } from '../../generations/generation.ts'
import type { AssetTable } from '../../db/schema/generations.ts'
import { exportCsv } from '../../usage/export.ts'
import { sendFile } from '../responses/file.ts'
import type { PageContext, WebEnv } from './env.ts'
import { readQuestion } from './query.ts'
import { requireVisitor } from './session.ts'

/** Routes of the files that the page links to. They serve only files of the visitor's account. */
export function downloadRoutes(routes: Hono<WebEnv>): void {
  routes.get('/page/activity.csv', async (context) => {
    const { reports, now } = context.var.app
    const { caller } = await requireVisitor(context)
    const parameters = new URL(context.req.url).searchParams
    const { range, filter } = readQuestion(parameters, now())
    const csv = await reports.read(() => exportCsv(caller.account.id, range, filter))
    return context.body(csv, 200, {
      'content-type': 'text/csv; charset=utf-8',
      'content-disposition': `attachment; filename="inkwell-${range.from}-${range.to}.csv"`,
    })
  })
  routes.get('/page/thumbnails/:id', async (context) => {
    const asset = await requireAsset(context)
    const preview = await context.var.app.generations.files.preview(asset, PREVIEW_MAX)
    if (preview === null) throw noPicture()
    return context.body(Buffer.from(preview.bytes), 200, {
      'content-type': preview.mimeType,
      'cache-control': 'private, max-age=86400, immutable',
    })
  })
  routes.get('/page/files/:id', async (context) =>
    sendFile(context, context.var.app.generations.files, await requireAsset(context)),
  )
}

async function requireAsset(context: PageContext): Promise<AssetTable> {
  const { caller } = await requireVisitor(context)
  requireScope(caller, 'assets:read')
  const id = context.req.param('id') ?? ''
  const { db, now } = context.var.app
  return await db.read(() => findAsset(caller.account.id, id, now()))
}

function noPicture(): AppError {
  return new AppError('not_found', 'This file has no picture to show.', { hint: 'Open the file.' })
}
