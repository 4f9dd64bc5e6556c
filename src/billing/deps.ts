import type { Mode } from '../mode.ts'
import type { Db } from '../db/db.ts'
import type { Log } from '../log.ts'
import type { PaymentService } from './service.ts'

/** Dependencies of the billing functions. */
export type BillingDeps = {
  db: Db
  log: Log
  mode: Mode
  /** Unix time in milliseconds. */
  now: () => number
  /** Whether a payment service is configured. */
  configured: () => boolean
  /** Returns the payment service, loaded on first use. Throws `billing_not_configured` if there is none. */
  service: () => Promise<PaymentService>
  /** Returns the id of this ledger. It separates the ledgers that share one payment service. */
  install: () => Promise<string>
  /** Returns the origin (`http://…`) at which this process serves web pages. */
  address: () => Promise<string>
}
