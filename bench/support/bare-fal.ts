import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { createFalClient } from '@fal-ai/client'
import { MODEL } from './fal-model.ts'

export type Fal = { url: string; key: string }
export type Keep = (file: Response, name: string) => Promise<void>

/** The times between polls of the adapter, in milliseconds. */
const POLL_MS = [100, 200, 300]

/** Returns a call by bare `@fal-ai/client`: submits, polls as the adapter does, and keeps the file. */
export function bareCall({ url, key }: Fal, keep: Keep): () => Promise<void> {
  const local = (address: string) => `${url}/${address.replace('https://', '')}`
  const client = createFalClient({
    credentials: key,
    fetch: (address, init) =>
      fetch(local(address instanceof Request ? address.url : address.toString()), init),
    suppressLocalCredentialsWarning: true,
  })
  return async () => {
    const input = { prompt: 'a fox', num_images: 1 }
    const { request_id: requestId } = await client.queue.submit(MODEL, { input })
    for (let poll = 0; ; poll += 1) {
      const askedAt = performance.now()
      const { status } = await client.queue.status(MODEL, { requestId })
      if (status === 'COMPLETED') break
      await sleep(Math.max(0, askedAt + (POLL_MS[poll] ?? 500) - performance.now()))
    }
    const { data } = await client.queue.result(MODEL, { requestId })
    const { images } = data as { images: { url: string }[] }
    const file = await fetch(local(images[0]?.url ?? ''))
    await keep(file, `bare-${requestId}`)
  }
}

/** Returns what writes a file to a folder, neither checked nor synced. */
export function writeTo(folder: string): Keep {
  return async (file, name) =>
    await writeFile(join(folder, `${name}.png`), Buffer.from(await file.arrayBuffer()))
}
