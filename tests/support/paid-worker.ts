import { join } from 'node:path'
import { createApp, type App } from '../../src/app.ts'
import { loadConfig } from '../../src/config.ts'
import { perform } from '../../src/generations/perform.ts'
import { getSharp } from '../../src/media/sharp.ts'
import type { Provider } from '../../src/providers/provider.ts'
import { CHEAP, type News, type PaidJob } from './crash-jobs.ts'
import { crashService } from './crash-service.ts'
import { scripted, slowly } from './slow-provider.ts'

/** A process of its own with the real app: takes one job over IPC and tells what comes of it. */
process.once('message', (job) => void run(job as PaidJob))
process.once('disconnect', () => process.exit()) // without a parent there is nobody to tell
await Promise.all([getSharp(), import('../../src/db/sqlite/sqlite.ts')]) // now, so that a job begins with work
tell({ news: 'ready' })

/** Calls in flight at any time. */
const LANES = 6
const SLOWEST_MS = 25

function tell(news: News): void {
  process.send?.(news)
}

async function run(job: PaidJob): Promise<void> {
  const app = createApp(loadConfig({ INKWELL_HOME: job.home, ...job.env }, 'silent'), {
    leaseMs: job.leaseMs,
    openLocalProvider: async () => providerOf(job),
  })
  switch (job.do) {
    case 'rush':
      tell({
        news: 'ended',
        outcomes: await Promise.all(job.prompts.map((prompt) => rush(app, prompt))),
      })
      break
    case 'hang':
      await pay(app, job.key, 1)
      break
    case 'recover':
      await app.generations.recover()
      await app.drain(10_000)
      tell({ news: 'ended', outcomes: [] })
      break
    case 'stream':
      await Promise.all(
        Array.from({ length: LANES }, (_, lane) => stream(app, `${job.name}_${lane}`)),
      )
  }
  await app.close()
  process.disconnect()
}

function providerOf(job: PaidJob): Provider {
  switch (job.do) {
    case 'rush':
      return scripted(slowly(50))
    case 'hang':
      return scripted(async (_, { onAccepted }) => {
        if (job.upstreamId !== null) await onAccepted(job.upstreamId)
        tell({ news: 'working' })
        setInterval(() => {}, 1_000)
        return await new Promise(() => {})
      })
    case 'recover':
    case 'stream':
      return crashService(job.service, {
        folder: join(job.home, 'service'),
        slowestMs: SLOWEST_MS,
        moody: job.do === 'stream',
      })
  }
}

async function rush(app: App, prompt: string): Promise<string> {
  try {
    const { generation } = await pay(app, prompt, 1, 'fal-ai/flux-2-flex')
    return generation.status
  } catch (error) {
    return codeOf(error)
  }
}

/** Pays for one key after another; now and then for the same one twice at once, or once more. */
async function stream(app: App, name: string): Promise<void> {
  for (let number = 0; ; number++) {
    const key = `${name}_${number}`
    const count = 1 + Math.floor(Math.random() * 3)
    tell({ news: 'begun', key, count })
    const times = Math.random() < 0.15 ? 2 : 1
    await Promise.all(Array.from({ length: times }, () => payAndTell(app, key, count)))
    if (Math.random() < 0.1) await payAndTell(app, key, count)
  }
}

async function payAndTell(app: App, key: string, count: number): Promise<void> {
  try {
    const { generation, replayed } = await pay(app, key, count)
    const { id, cost, status } = generation
    if (status !== 'completed') return tell({ news: 'failed', key, code: status })
    const files = generation.assets.map(({ path, sha256 }) => ({ path, sha256 }))
    tell({ news: 'paid', key, id, cost, replayed, files })
  } catch (error) {
    tell({ news: 'failed', key, code: codeOf(error) })
  }
}

function pay(app: App, key: string, count: number, model = CHEAP.model) {
  return perform(
    app.generations,
    { operation: 'generateImage', model, count, prompt: key, width: 64, height: 64 },
    app.localCaller('crash'),
    {
      maxCost: null,
      idempotencyKey: key,
      signal: new AbortController().signal,
      disconnected: new AbortController().signal,
      onProgress: () => {},
      handOverMs: 30_000,
    },
  )
}

function codeOf(error: unknown): string {
  return (error as { code?: string }).code ?? String(error)
}
