import type { Principal } from '../../../accounts/principal.ts'
import type { AdminKey } from '../../../operator/admin-keys.ts'
import type { Links } from '../../../generations/links.ts'
import type { WebEnv } from '../../../web/routes/env.ts'

/** The variables in the context of every handler. */
export type HttpEnv = {
  Variables: WebEnv['Variables'] & {
    principal: Principal
    /** Of a request to the admin API. */
    admin: AdminKey
    links: Links
    /** Headers of the response, besides its own. */
    headers: Record<string, string>
    /** The response, if it was made with these. */
    complete?: Response
    /** The public origin of this server, else the one that the request names. */
    origin: string
  }
}
