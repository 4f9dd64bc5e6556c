import type { Principal } from '../../../accounts/principal.ts'
import type { Links } from '../../../generations/links.ts'
import type { WebEnv } from '../../../web/routes/env.ts'

/** What every handler finds in its context. */
export type HttpEnv = {
  Variables: WebEnv['Variables'] & { principal: Principal; links: Links }
}
