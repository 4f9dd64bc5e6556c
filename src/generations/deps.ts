import type { Caller } from '../accounts/caller.ts'
import type { Db } from '../db/db.ts'
import type { CallLimit } from '../limits/call-limit.ts'
import type { InputImage } from '../media/image.ts'
import type { DiskSpace } from '../media/disk-space.ts'
import type { UnitPrice } from '../pricing/compare.ts'
import type { RateCard } from '../pricing/find-model.ts'
import type { Quote } from '../pricing/quote.ts'
import type { Provider } from '../providers/provider.ts'
import type { Answers } from './answers.ts'
import type { Jobs } from './jobs.ts'
import type { Recover } from './recover.ts'

/** Which provider serves a caller's model, and the provider itself, loaded at first use. */
export type Providers = {
  choose(quote: Quote): Provider['name']
  /** Null where this process has no access to it (no key). */
  open(name: Provider['name'], billing: Caller['billing']): Promise<Provider | null>
}

export type GenerationDeps = {
  db: Db
  jobs: Jobs
  recover: Recover
  answers: Answers
  callLimit: CallLimit
  diskSpace: DiskSpace
  /** How many jobs of one account may end unpaid in 60 minutes. */
  unpaidPerHour: number
  rates: RateCard
  providers: Providers
  /** What fal asks for a unit of an endpoint, where models are priced by it; undefined where it names none. */
  upstreamPrice: (endpoint: string) => Promise<UnitPrice | undefined>
  now: () => number
  load: (reference: string, caller: Caller, signal: AbortSignal) => Promise<InputImage>
}
