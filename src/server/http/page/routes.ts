import { Hono, type Context } from 'hono'
import { etag } from 'hono/etag'
import {
  closePageSession,
  openPageSession,
  redeemPageLink,
} from '../../../accounts/page-sessions.ts'
import { authenticate } from '../../../accounts/principal.ts'
import { requireScope } from '../../../accounts/scopes.ts'
import { AppError } from '../../../errors.ts'
import { findAsset } from '../../../generations/generation.ts'
import { makePreview } from '../../../media/preview.ts'
import { exportCsv } from '../../../usage/export.ts'
import { usagePage } from '../../../usage/page.ts'
import { filePaths, pageFiles } from '../../page/assets.ts'
import { paymentPage } from '../../page/payment.ts'
import type { Notice } from '../../page/notice.ts'
import { signInPage } from '../../page/sign-in.ts'
import { usagePageHtml } from '../../page/usage-page.ts'
import { toAppError } from '../../errors.ts'
import type { HttpEnv } from '../env.ts'
import { fileAnswer } from '../file-answer.ts'
import { statusOf } from '../replies.ts'
import { linksFrom, readQuery } from './query.ts'
import {
  forgetSignIn,
  keepSignedIn,
  requireCsrf,
  requireVisitor,
  visitorOf,
  type Visitor,
} from './session.ts'
import { shopOf, startPurchase } from './shop.ts'

/** Everything that the page may load is ours, and nothing in it runs that is not a file of ours. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "form-action 'self'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
].join('; ')

type PageContext = Context<HttpEnv>

/** The usage page for people: at `/`, with what it needs below `/page`. */
export function pageRoutes(): Hono<HttpEnv> {
  const page = new Hono<HttpEnv>()
  page.get('/page/:file{[a-z]+-[\\w-]+\\.[a-z]+}', (context) => {
    const file = pageFiles().find(({ path }) => path === context.req.path)
    if (file === undefined) return context.notFound()
    return context.body(file.body, 200, {
      'content-type': file.type,
      'cache-control': 'public, max-age=31536000, immutable',
    })
  })
  page.get('/', etag(), async (context) => {
    const visitor = await visitorOf(context)
    return visitor === null ? signIn(context, null) : await usage(context, visitor, null)
  })
  signing(page)
  reading(page)
  page.post('/page/buy', async (context) => {
    const visitor = await requireVisitor(context)
    const form = await formOf(context)
    requireCsrf(visitor, form('csrf'))
    requireScope(visitor.caller, 'credits:buy')
    const url = await startPurchase(context.var.app, visitor.caller, form('amount'))
    return answer(context, 200, paymentPage(url, filePaths()))
  })
  page.onError(async (error, context) => {
    const { app } = context.var
    const { code, message, hint } = toAppError(error, app.log, context.req.path)
    const said: Notice = { kind: 'error', message, hint }
    const visitor = code === 'unauthorized' ? null : await visitorOf(context)
    context.status(statusOf(code) as 400)
    return visitor === null ? signIn(context, said) : await usage(context, visitor, said)
  })
  return page
}

/** Ways in and out. */
function signing(page: Hono<HttpEnv>): void {
  page.post('/page/sign-in', async (context) => {
    const { app } = context.var
    const now = app.generations.now()
    const key = (await formOf(context))('key').trim()
    const principal = await app.db.read(() => authenticate(key, now)).catch(notThisKey)
    requireScope(principal, 'credits:read')
    const owner = { accountId: principal.account.id, keyId: principal.keyId }
    keepSignedIn(context, await app.db.write(() => openPageSession(owner, now)))
    return context.redirect('/', 303)
  })
  page.get('/page/link/:token', async (context) => {
    const { app } = context.var
    const token = context.req.param('token')
    keepSignedIn(context, await app.db.write(() => redeemPageLink(token, app.generations.now())))
    return context.redirect('/', 303)
  })
  page.post('/page/sign-out', async (context) => {
    const visitor = await requireVisitor(context)
    requireCsrf(visitor, (await formOf(context))('csrf'))
    await context.var.app.db.write(() => closePageSession(visitor.token))
    forgetSignIn(context)
    return context.redirect('/', 303)
  })
}

/** What the page shows beside itself, of the visitor's account only. */
function reading(page: Hono<HttpEnv>): void {
  page.get('/page/activity.csv', async (context) => {
    const { app } = context.var
    const { caller } = await requireVisitor(context)
    const { range, filter } = readQuery(
      new URL(context.req.url).searchParams,
      app.generations.now(),
    )
    const csv = await app.db.read(() => exportCsv(caller.account.id, range, filter))
    return context.body(csv, 200, {
      'content-type': 'text/csv; charset=utf-8',
      'content-disposition': `attachment; filename="inkwell-${range.from}-${range.to}.csv"`,
    })
  })
  page.get('/page/thumbnails/:id', async (context) => {
    const preview = await makePreview((await assetOf(context)).path, { maxSize: 320 })
    if (preview === null) throw noPicture()
    return context.body(Buffer.from(preview.bytes), 200, {
      'content-type': preview.mimeType,
      'cache-control': 'private, max-age=86400, immutable',
    })
  })
  page.get('/page/files/:id', async (context) => fileAnswer(context, await assetOf(context)))
}

async function assetOf(context: PageContext) {
  const { caller } = await requireVisitor(context)
  requireScope(caller, 'assets:read')
  const id = context.req.param('id') ?? ''
  const { db, generations } = context.var.app
  return await db.read(() => findAsset(caller.account.id, id, generations.now()))
}

async function usage(context: PageContext, visitor: Visitor, said: Notice | null) {
  const { app } = context.var
  const { caller, csrf } = visitor
  await app.ready(caller)
  const now = app.generations.now()
  const asked = new URL(context.req.url).searchParams
  const query = readQuery(said === null ? asked : new URLSearchParams(), now)
  const page = await app.db.read(() => usagePage(caller, app.mode, query, now))
  const shop = await shopOf(app, caller)
  const frame = { files: filePaths(), shop, csrf, said, links: linksFrom(page, now) }
  return answer(context, null, usagePageHtml(page, frame))
}

function signIn(context: PageContext, said: Notice | null) {
  return answer(context, null, signInPage(context.var.app.mode, filePaths(), said))
}

/** A document, with its policy. It is kept nowhere: the next visitor of a browser may be another one. */
function answer(context: PageContext, status: 200 | null, document: string) {
  if (status !== null) context.status(status)
  context.header('content-security-policy', POLICY)
  context.header('cache-control', 'no-store')
  return context.html(document)
}

/** The fields of a form; one that is missing or a file is empty. */
async function formOf({ req }: PageContext): Promise<(name: string) => string> {
  const fields = await req.parseBody()
  return (name) => {
    const field = fields[name]
    return typeof field === 'string' ? field : ''
  }
}

function notThisKey(cause: unknown): never {
  if (!(cause instanceof AppError)) throw cause
  throw new AppError('unauthorized', 'This API key does not exist, has expired or was revoked.', {
    hint: 'Whoever runs this server gives out keys.',
  })
}

function noPicture(): AppError {
  return new AppError('not_found', 'This file has no picture to show.', { hint: 'Open the file.' })
}
