import type { IncomingHttpHeaders } from 'node:http'
import type { Bell } from './bell.ts'
import type { Upload } from './books.ts'
import type { Stage } from './fault.ts'
import type { Jobs } from './jobs.ts'
import type { FalModel } from './model.ts'
import type { Reply } from './reply.ts'
import type { FileStore } from './store.ts'

/** Everything the hosts of fal share. */
export type House = {
  jobs: Jobs
  store: FileStore
  bell: Bell
  models: Readonly<Record<string, FalModel>>
  /** Uploads by the path of their file. */
  uploads: Map<string, Upload & { signature: string; parts: Map<number, Buffer> }>
  /** The emulator's own address, `http://127.0.0.1:<port>`. */
  origin: () => string
}

/** A request that has arrived whole, with the host it was meant for. */
export type Incoming = {
  method: string
  host: string
  path: string
  query: URLSearchParams
  headers: IncomingHttpHeaders
  body: Buffer
}

/** What a request asks for, before any fault strikes it. */
export type Call = {
  stage: Exclude<Stage, 'job'>
  endpoint: string | null
  /** Whether it takes the key. */
  guarded: boolean
  answer: () => Reply | Promise<Reply>
}

/** One host: the call a request makes of it, or null where it makes none. */
export type Host = (house: House, incoming: Incoming) => Call | null

/** A header's only value. */
export function header({ headers }: Incoming, name: string): string | null {
  const value = headers[name]
  return typeof value === 'string' ? value : null
}

/** The body as JSON; undefined where it is none. */
export function bodyOf({ body }: Incoming): unknown {
  try {
    return JSON.parse(body.toString('utf8')) as unknown
  } catch {
    return undefined
  }
}
