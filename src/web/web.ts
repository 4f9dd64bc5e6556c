import { Hono } from 'hono'
import { assetRoutes } from './routes/assets.ts'
import { checkoutRoutes } from './routes/checkout.ts'
import type { CheckoutEnv, WebEnv } from './routes/env.ts'
import { deskRoutes } from './routes/desk/desk.ts'
import { usagePageRoutes } from './routes/usage-page.ts'

/** Routes of all web pages: the usage page at `/`, that of the operator, the payment pages and the files that they load. */
export function allPages(): Hono<WebEnv> {
  return new Hono<WebEnv>()
    .route('/', paymentPages())
    .route('/', deskRoutes())
    .route('/', usagePageRoutes())
}

/** Routes of the payment pages only, for a process that serves nothing else. */
export function paymentPages(): Hono<CheckoutEnv> {
  return new Hono<CheckoutEnv>().route('/', assetRoutes()).route('/', checkoutRoutes())
}
