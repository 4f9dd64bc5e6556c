/** What a process that pays is asked to do on one state folder. */
export type PaidJob = { home: string; env?: Record<string, string>; leaseMs: number } & (
  | /** Performs all calls at once, on one session. */ { do: 'rush'; prompts: string[] }
  | /** Begins one call that never ends, and tells when its work has begun. To be killed. */ {
      do: 'hang'
      key: string
      /** The upstream job's id, where it is noted before the work hangs. */
      upstreamId: string | null
    }
  | /** Takes over what dead processes left, and waits until that is done. */ {
      do: 'recover'
      service: Service
    }
  | /** Performs calls without end, some at once, and tells of each. To be killed. */ {
      do: 'stream'
      name: string
      service: Service
    }
)

/** `dies`: work dies with its process. `outlives`: its jobs can be finished by any process. */
export type Service = 'dies' | 'outlives'

export type File = { path: string; sha256: string }

/** What a process tells its parent. What arrived was true when it was sent. */
export type News =
  | { news: 'ready' }
  | { news: 'working' }
  | { news: 'ended'; outcomes: string[] }
  | { news: 'begun'; key: string; count: number }
  | { news: 'failed'; key: string; code: string }
  | { news: 'paid'; key: string; id: string; cost: number; replayed: boolean; files: File[] }

type Paid = Extract<News, { news: 'paid' }>

/** What processes told their parent before they were killed: a client had been told as much. */
export type Told = {
  /** How many pictures each key asked for. */
  begun: Map<string, number>
  /** The first result told of each key. */
  paid: Map<string, Paid>
}

/** How long the word of a killed process counts, in milliseconds. */
export const LEASE_MS = 100

/** A model of the tests with a price of 10 micro-dollars, so that a ledger lasts for many calls. */
export const CHEAP = { model: 'test/tiny', usd: '0.00001', micro: 10 }
