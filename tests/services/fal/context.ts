import type { IncomingHttpHeaders } from 'node:http'
import type { Signal } from './signal.ts'
import type { Upload } from './books.ts'
import type { Stage } from './fault.ts'
import type { Jobs } from './jobs.ts'
import type { FalModel } from './model.ts'
import type { Reply } from './reply.ts'
import type { FileStore } from './store.ts'

/** The state that all hosts of the emulator share. */
export type EmulatorContext = {
  jobs: Jobs
  store: FileStore
  changed: Signal
  models: Readonly<Record<string, FalModel>>
  /** Uploads by the path of their file. */
  uploads: Map<string, Upload & { signature: string; parts: Map<number, Buffer> }>
  /** The emulator's own address, `http://127.0.0.1:<port>`. */
  origin: () => string
}

/** A complete request, with the host it was sent to. */
export type Incoming = {
  method: string
  host: string
  path: string
  query: URLSearchParams
  headers: IncomingHttpHeaders
  body: Buffer
}

/** A handled request, before any fault is injected. */
export type Call = {
  stage: Exclude<Stage, 'job'>
  endpoint: string | null
  /** Whether it requires the API key. */
  guarded: boolean
  answer: () => Reply | Promise<Reply>
}

/** One host. Returns the call for a request, or null if it has no such route. */
export type Host = (context: EmulatorContext, incoming: Incoming) => Call | null

/** Returns the single value of a header, or null. */
export function header({ headers }: Incoming, name: string): string | null {
  const value = headers[name]
  return typeof value === 'string' ? value : null
}

/** Returns the parsed JSON body, or undefined if it is not JSON. */
export function bodyOf({ body }: Incoming): unknown {
  try {
    return JSON.parse(body.toString('utf8')) as unknown
  } catch {
    return undefined
  }
}
