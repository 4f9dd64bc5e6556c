import { createHash } from 'node:crypto'
import type { Context } from 'hono'
import { assetPaths } from '../assets/assets.ts'
import { document, type Page } from '../views/document.ts'
import { mask } from './masked.ts'
import { pagePolicy } from './policy.ts'

/**
 * Sends a page. It is never cached, because another person may use this browser next. The token of its forms is
 * masked anew each time. Its ETag is that of the page without the mask: a page that asks again gets 304 if nothing
 * has changed.
 */
export async function sendPage(context: Context, page: Page): Promise<Response> {
  const text = document(page, await assetPaths())
  const etag = `W/"${createHash('sha256').update(text).digest('base64url').slice(0, 27)}"`
  context.header('content-security-policy', pagePolicy(page))
  context.header('cache-control', 'no-store')
  context.header('etag', etag)
  if (context.req.method === 'GET' && context.req.header('if-none-match') === etag)
    return context.body(null, 304)
  const csrf = context.get('csrf') as string | undefined
  return context.html(csrf === undefined ? text : text.replaceAll(csrf, mask(csrf)))
}
