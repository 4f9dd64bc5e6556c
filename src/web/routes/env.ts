import type { Context } from 'hono'
import type { App } from '../../app.ts'
import type { AuthorizationServer } from '../../connect/authorization-server.ts'
import type { IdentityProvider } from '../../connect/identity.ts'

/** The context variables of the payment pages. */
export type CheckoutEnv = {
  Variables: {
    app: App
    /** Only people at this machine can load the pages: they may see the balance after a payment. */
    isOwnMachine?: true
  }
}

/** The context variables of the usage page. The server that mounts these routes sets them. */
export type WebEnv = {
  Variables: CheckoutEnv['Variables'] & {
    /** Returns a link that opens a file without a key, at the origin of this request. */
    linkTo: (assetId: string) => string
    /** Set where clients can sign in by themselves. `origin` is the public one. */
    connectors?: { origin: string; server: () => Promise<AuthorizationServer> }
    /** The operator's identity provider, where one is set. */
    identity?: () => Promise<IdentityProvider>
    /** The token of the forms of a visitor who is signed in. `sendPage` masks it. */
    csrf?: string
  }
}

export type PageContext = Context<WebEnv>
