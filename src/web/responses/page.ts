import type { Context } from 'hono'
import { assetPaths } from '../assets/assets.ts'
import { document, type Page } from '../views/document.ts'
import { pagePolicy } from './policy.ts'

/** Sends a page. It is never cached, because another person may use this browser next. */
export async function sendPage(context: Context, page: Page): Promise<Response> {
  context.header('content-security-policy', pagePolicy(page))
  context.header('cache-control', 'no-store')
  return context.html(document(page, await assetPaths()))
}
