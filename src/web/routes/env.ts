import type { Context } from 'hono'
import type { App } from '../../app.ts'

/** What the payment pages find in their context. */
export type CheckoutEnv = { Variables: { app: App } }

/** What the usage page finds in its context. The server that mounts these routes sets it. */
export type WebEnv = {
  Variables: CheckoutEnv['Variables'] & {
    /** Makes a link that opens a file without a key, at the address of this request. */
    linkTo: (assetId: string) => string
  }
}

export type PageContext = Context<WebEnv>
