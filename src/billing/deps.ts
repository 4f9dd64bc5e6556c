import type { Mode } from '../mode.ts'
import type { Db } from '../db/db.ts'
import type { Log } from '../log.ts'
import type { PaymentService } from './service.ts'

/** What everything about purchases works with. */
export type BillingDeps = {
  db: Db
  log: Log
  mode: Mode
  now: () => number
  /** Whether there is a payment service. */
  configured: () => boolean
  /** The payment service, loaded with its first use. Throws `billing_not_configured` where there is none. */
  service: () => Promise<PaymentService>
  /** What tells this ledger from others that share a payment service. */
  install: () => Promise<string>
  /** `http://…`: where this process shows pages to people. */
  address: () => Promise<string>
}
