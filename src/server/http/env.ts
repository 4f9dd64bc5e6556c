import type { Principal } from '../../accounts/keys.ts'
import type { App } from '../../app.ts'

/** What every handler finds in its context. */
export type HttpEnv = { Variables: { app: App; principal: Principal } }
