import { setTimeout as sleep } from 'node:timers/promises'
import { crc32, deflateSync } from 'node:zlib'
import { createHash } from 'node:crypto'
import { AppError } from '../../src/errors.ts'
import type {
  Provider,
  ProviderRequest,
  ProviderResult,
  RunOptions,
  UpstreamJob,
} from '../../src/providers/provider.ts'

export type Script = (request: ProviderRequest, options: RunOptions) => Promise<ProviderResult>
export type Resume = (
  upstreamId: string,
  job: UpstreamJob,
  options: RunOptions,
) => Promise<ProviderResult>

/** Stands for the image service: does what a test says, and counts how often it was asked to. */
export type ScriptedProvider = Provider & { calls: number; resumed: string[] }

/** A provider that runs `script`, and can finish another process's jobs where `resume` is given. */
export function scripted(script: Script, resume?: Resume): ScriptedProvider {
  const provider = {
    name: 'local' as const,
    calls: 0,
    resumed: new Array<string>(),
    run: async (request: ProviderRequest, options: RunOptions) => {
      provider.calls += 1
      return await script(request, options)
    },
  }
  if (resume === undefined) return Object.assign(provider, { durability: 'process' as const })
  return Object.assign(provider, {
    durability: 'upstream' as const,
    resume: async (upstreamId: string, job: UpstreamJob, options: RunOptions) => {
      provider.resumed.push(upstreamId)
      return await resume(upstreamId, job, options)
    },
  })
}

/** Delivers all that was asked for after a while; a caller that cancels stops it. */
export function slowly(ms: number): Script {
  return async ({ count }, { signal }) => {
    try {
      await sleep(ms, undefined, { signal })
    } catch {
      throw new AppError('cancelled', 'Stopped in time.', { hint: 'Call again.' })
    }
    return pictures(count)
  }
}

/** Delivers all that was asked for at once. */
export const promptly: Script = async ({ count }) => pictures(count)

/** As many small pictures, each of its own colours. */
export function pictures(count: number, seed: string = crypto.randomUUID()): ProviderResult {
  const numbers = Array.from({ length: count }, (_, number) => number)
  return { outputs: numbers.map((number) => ({ bytes: tinyPng(`${seed} ${number}`) })), notes: [] }
}

/** A real PNG of 4 × 4 pixels whose colours are a digest of `seed`. */
export function tinyPng(seed: string): Uint8Array {
  const colours = createHash('sha384').update(seed).digest() // 48 bytes: 4 × 4 pixels of 3
  const rows = [0, 12, 24, 36].flatMap((at) => [0, ...colours.subarray(at, at + 12)])
  const header = Buffer.from([0, 0, 0, 4, 0, 0, 0, 4, 8, 2, 0, 0, 0])
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(Buffer.from(rows))),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

function chunk(type: string, content: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), content])
  const frame = Buffer.alloc(8)
  frame.writeUInt32BE(content.length, 0)
  frame.writeUInt32BE(crc32(body), 4)
  return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)])
}

type Gate = { open: () => void; opened: Promise<void> }

/** A door that stays shut until it is opened: work waits behind it. */
export function gate(): Gate {
  const { promise, resolve } = Promise.withResolvers<void>()
  return { open: resolve, opened: promise }
}

/** A provider whose work has begun once `working` is open, and ends when `done` is opened. */
export function heldBack(): { provider: ScriptedProvider; working: Gate; done: Gate } {
  const working = gate()
  const done = gate()
  const provider = scripted(async () => {
    working.open()
    await done.opened
    return pictures(1)
  })
  return { provider, working, done }
}
