import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { AppError } from '../../src/errors.ts'
import type { Provider, ProviderResult } from '../../src/providers/provider.ts'
import type { Service } from './crash-jobs.ts'
import { pictures } from './slow-provider.ts'

type Options = {
  /** Its jobs are files here: like a real service, it does not die with its callers. */
  folder: string
  /** The longest that one job takes, in milliseconds. */
  slowestMs: number
  /** Refuses one request in ten and delivers too little for another tenth. */
  moody: boolean
}

/** An image service for processes that are killed: what a job delivers depends on its id alone. */
export function crashService(service: Service, { folder, slowestMs, moody }: Options): Provider {
  const submit = (count: number): string => {
    if (moody && Math.random() < 0.1) throw refused()
    const id = `up_${randomUUID()}`
    const delivered = moody && Math.random() < 0.1 ? Math.ceil(count / 2) : count
    mkdirSync(folder, { recursive: true })
    writeFileSync(join(folder, id), `${delivered}`)
    return id
  }
  const fetch = async (id: string): Promise<ProviderResult> => {
    await sleep(Math.random() * slowestMs)
    return pictures(Number(readFileSync(join(folder, id), 'utf8')), id)
  }
  const local: Provider = {
    name: 'local',
    durability: 'process',
    run: async ({ count }) => await fetch(submit(count)),
  }
  if (service === 'dies') return local
  return {
    name: 'local',
    durability: 'upstream',
    run: async ({ count }, { onAccepted }) => {
      const id = submit(count)
      await sleep(Math.random() * 3) // accepted there, and not yet known here
      await onAccepted(id)
      return await fetch(id)
    },
    resume: async (id) => {
      appendFileSync(join(folder, 'resumed.log'), `${id}\n`)
      while (!existsSync(join(folder, id))) await sleep(10) // not done there yet
      return await fetch(id)
    },
  }
}

/** The upstream ids that were resumed, once for each time, by any process. */
export function resumedJobs(folder: string): string[] {
  const file = join(folder, 'resumed.log')
  return existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : []
}

function refused(): AppError {
  return new AppError('content_refused', 'Refused by its mood.', { hint: 'Call again.' })
}
