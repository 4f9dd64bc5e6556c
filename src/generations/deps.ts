import type { Caller } from '../accounts/caller.ts'
import type { Db } from '../db/db.ts'
import type { LedgerGuard } from '../ledger/guard.ts'
import type { CallLimit } from '../limits/call-limit.ts'
import type { InputImage } from '../media/image.ts'
import type { DiskSpace } from '../media/disk-space.ts'
import type { UnitPrice } from '../pricing/compare.ts'
import type { RateCard } from '../pricing/find-model.ts'
import type { Quote } from '../pricing/quote.ts'
import type { Provider } from '../providers/provider.ts'
import type { Answers } from './answers.ts'
import type { Files } from './files.ts'
import type { Jobs } from './jobs.ts'
import type { Recover } from './recover.ts'
import type { Refusals } from './refusals.ts'

/** The providers. Each is loaded at its first use. */
export type Providers = {
  /** Returns the name of the provider for a quote. */
  choose(quote: Quote): Provider['name']
  /** Resolves to null if this process has no access to it (no key). */
  open(name: Provider['name'], billing: Caller['billing']): Promise<Provider | null>
}

/** What the code of this folder needs. `now` returns milliseconds since 1970. */
export type GenerationDeps = {
  db: Db
  jobs: Jobs
  recover: Recover
  guard: LedgerGuard
  answers: Answers
  refusals: Refusals
  callLimit: CallLimit
  diskSpace: DiskSpace
  files: Files
  /** How many jobs of one account may end unpaid in 60 minutes. */
  unpaidPerHour: number
  /** The price above which a person approves a call, in micro-dollars; null for none. */
  approveAbove: number | null
  rates: RateCard
  providers: Providers
  /** Returns fal's price for a unit of an endpoint, for models without their own price; undefined if fal names none. */
  upstreamPrice: (endpoint: string) => Promise<UnitPrice | undefined>
  now: () => number
  /** Aborted when this process hands its calls over and takes no more, because it stops. */
  stopping: AbortSignal
  load: (reference: string, caller: Caller, signal: AbortSignal) => Promise<InputImage>
}
