import type { Principal } from '../../accounts/principal.ts'
import type { App } from '../../app.ts'
import type { Links } from '../../generations/links.ts'

/** What every handler finds in its context. */
export type HttpEnv = {
  Variables: {
    app: App
    principal: Principal
    links: Links
    /** A link that opens a file without a key, from where this request came. */
    linkTo: (assetId: string) => string
  }
}
