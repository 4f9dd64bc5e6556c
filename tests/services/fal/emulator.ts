import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { createSignal } from './signal.ts'
import type { Charge, Job, SeenRequest, StoredFile, Upload } from './books.ts'
import { noteDown, unauthorized } from './auth.ts'
import { fileHost } from './file-host.ts'
import type { Host, EmulatorContext, Incoming } from './context.ts'
import { createJobs } from './jobs.ts'
import type { FalModel } from './model.ts'
import { CONTROL_MODELS } from './models-control.ts'
import { BRIA_SAMPLE, EDIT_MODELS } from './models-edit.ts'
import { GENERATE_MODELS } from './models-generate.ts'
import { MEDIA_MODELS } from './models-media.ts'
import { OTHER_MODELS } from './models-other.ts'
import { paint } from './pictures.ts'
import { platformHost } from './platform-host.ts'
import { queueHost } from './queue-host.ts'
import { deliver, json, type Outcome } from './reply.ts'
import { runHost } from './run-host.ts'
import { createScript, type RandomPlan, type Step, type InjectedFault } from './script.ts'
import { storageHost } from './storage-host.ts'
import { createFileStore, FILE_HOST } from './store.ts'
import { answerWith, ELSEWHERE } from './inject-fault.ts'

export type { Fault, Stage } from './fault.ts'
export type { FalModel } from './model.ts'
export type { Step } from './script.ts'

/** The key that works where a test names none. */
const FAL_TEST_KEY = 'fal-emulator-key:0f3c9d'

export type FalEmulatorOptions = {
  /** Where it listens; any free port where left out. */
  port?: number
  key?: string
  /** Whether a request without the right key is refused; true where left out. */
  requiresKey?: boolean
  /** Time a job waits before it runs, in milliseconds. */
  queueMs?: number
  /** Time a job runs, in milliseconds, besides that of drawing its pictures. */
  runMs?: number
  /** Jobs that run at once; further ones wait in the queue. */
  concurrency?: number
  /** Faults for any endpoint, as `script('*', faults)`. */
  faults?: readonly Step[]
  /** Faults that are injected at random. */
  plan?: RandomPlan
  /** Endpoints to add to fal's, or to put in the place of its own. */
  models?: Readonly<Record<string, FalModel>>
}

export type FalEmulator = AsyncDisposable & {
  /** `http://127.0.0.1:<port>`: fal's hosts are paths of it. */
  readonly url: string
  readonly key: string
  /** In the order they were accepted. */
  readonly jobs: readonly Job[]
  readonly charges: readonly Charge[]
  readonly requests: readonly SeenRequest[]
  readonly uploads: readonly Upload[]
  /** Everything on the file host: uploads and outputs. */
  readonly files: readonly StoredFile[]
  /** The faults that were injected. */
  readonly injected: readonly InjectedFault[]
  /** All charges together, in micro-dollars. */
  spentMicro(): number
  /** Queues faults for an endpoint id, or for any with `*`; each stage takes its own in order. */
  script(match: string, faults: readonly Step[]): void
  /** Discards the scripted faults that were not injected yet. */
  clearScript(): void
  /** Whether the key reached a host: in the address, the headers or the body. */
  sawKeyOn(host: string): boolean
  /** Every host the key reached. */
  hostsThatSawTheKey(): string[]
  /** Where the emulator answers for an address of fal's. */
  local(address: string): string
  /** Puts bytes at an address outside fal, which its models can then read. */
  publish(address: string, bytes: Buffer): void
  /** Makes every file that exists now answer 404. */
  expireFiles(): void
  /** Waits until every job has ended that can end by itself. */
  idle(): Promise<void>
}

/** fal's endpoints as the emulator serves them, with their prices. */
export const FAL_MODELS: Readonly<Record<string, FalModel>> = {
  ...GENERATE_MODELS,
  ...EDIT_MODELS,
  ...MEDIA_MODELS,
  ...CONTROL_MODELS,
  ...OTHER_MODELS,
}

/** Starts a fal.ai of our own on loopback: `<url>/queue.fal.run/fal-ai/flux/schnell` and so on. */
export async function startFalEmulator(options: FalEmulatorOptions = {}): Promise<FalEmulator> {
  const { key = FAL_TEST_KEY, requiresKey = true, concurrency = Infinity } = options
  const stop = new AbortController()
  const requests: SeenRequest[] = []
  const script = createScript(options.plan)
  script.add('*', options.faults ?? [])
  const store = createFileStore()
  const changed = createSignal()
  const published = new Map<string, Buffer>()
  published.set(BRIA_SAMPLE, await paint({ width: 64, height: 48 }, 'png', { seed: 'wild west' }))
  const models = { ...FAL_MODELS, ...options.models }
  const jobs = createJobs({
    models,
    script,
    store,
    changed,
    signal: stop.signal,
    timing: { queueMs: options.queueMs ?? 5, runMs: options.runMs ?? 5, concurrency },
    web: (address) => {
      const { host, pathname } = new URL(address)
      return host === FILE_HOST ? store.at(pathname)?.bytes : published.get(address)
    },
  })
  const uploads: EmulatorContext['uploads'] = new Map()
  const context: EmulatorContext = { jobs, store, changed, models, uploads, origin: () => url }
  const hosts: Readonly<Record<string, Host>> = {
    'queue.fal.run': queueHost,
    'fal.run': runHost(concurrency),
    'rest.fal.ai': storageHost,
    'api.fal.ai': platformHost,
    [FILE_HOST]: fileHost,
    [ELSEWHERE]: fileHost,
  }

  const outcomeFor = async (incoming: Incoming, seen: SeenRequest): Promise<Outcome> => {
    const call = hosts[incoming.host]?.(context, incoming) ?? null
    if (call === null) return json(404, { detail: 'Not Found' })
    const isShut = call.guarded && requiresKey && seen.key !== 'right'
    const answer = () => (isShut ? unauthorized(incoming) : call.answer())
    const [fault] = script.take(call.stage, call.endpoint)
    return answerWith(fault, answer, { context, incoming })
  }
  const server = createServer((request, response) => {
    void (async () => {
      const incoming = await receive(request)
      const seen = noteDown(incoming, key)
      requests.push(seen)
      const outcome = await outcomeFor(incoming, seen)
      seen.answered = typeof outcome === 'string' ? outcome : outcome.status
      await deliver(response, outcome)
    })().catch(() => response.destroy()) // the caller has left
  })
  await new Promise<void>((resolve) => {
    server.listen(options.port ?? 0, '127.0.0.1', resolve)
  })
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`

  return {
    url,
    key,
    requests,
    charges: jobs.charges,
    injected: script.injected,
    get jobs() {
      return jobs.all
    },
    get uploads() {
      return [...uploads.values()]
    },
    get files() {
      return store.files
    },
    spentMicro: () => jobs.charges.reduce((sum, { micro }) => sum + micro, 0),
    script: (match, faults) => script.add(match, faults),
    clearScript: () => script.clear(),
    sawKeyOn: (host) => requests.some((seen) => seen.host === host && seen.carriedKey),
    hostsThatSawTheKey: () => [
      ...new Set(requests.filter(({ carriedKey }) => carriedKey).map(({ host }) => host)),
    ],
    local: (address) => `${url}/${address.replace(/^https:\/\//, '')}`,
    publish: (address, bytes) => void published.set(address, bytes),
    expireFiles: () => {
      for (const file of store.files) file.expired = true
    },
    idle: () => jobs.idle(),
    async [Symbol.asyncDispose]() {
      stop.abort()
      server.closeAllConnections()
      await new Promise((resolve) => {
        server.close(resolve)
      })
    },
  }
}

/** Reads a request whole and finds the host it was meant for: the first part of its path. */
async function receive(request: IncomingMessage): Promise<Incoming> {
  const body = await buffer(request)
  const { pathname, searchParams } = new URL(`http://loopback${request.url ?? '/'}`)
  const [, host = '', ...parts] = pathname.split('/')
  return {
    method: request.method ?? 'GET',
    host,
    path: `/${parts.join('/')}`,
    query: searchParams,
    headers: request.headers,
    body,
  }
}
