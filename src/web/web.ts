import { Hono } from 'hono'
import { assetRoutes } from './routes/assets.ts'
import { checkoutRoutes } from './routes/checkout.ts'
import type { CheckoutEnv, WebEnv } from './routes/env.ts'
import { usagePageRoutes } from './routes/usage-page.ts'

/** All pages for people: the usage page at `/`, the payment pages and the files that they load. */
export function allPages(): Hono<WebEnv> {
  return new Hono<WebEnv>().route('/', paymentPages()).route('/', usagePageRoutes())
}

/** The payment pages alone, for a process that serves nothing else. */
export function paymentPages(): Hono<CheckoutEnv> {
  return new Hono<CheckoutEnv>().route('/', assetRoutes()).route('/', checkoutRoutes())
}
