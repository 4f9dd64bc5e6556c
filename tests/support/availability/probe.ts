import { setTimeout as sleep } from 'node:timers/promises'
import { parentPort, workerData } from 'node:worker_threads'

/** A thread that asks a server for /healthz all the time, and tells the longest answer in milliseconds when it is asked. */

const url = workerData as string
let longestMs = 0
const stopping = new AbortController()

parentPort?.once('message', () => stopping.abort())
while (!stopping.signal.aborted) {
  const startedAt = performance.now()
  const answered = await fetch(`${url}/healthz`, { signal: AbortSignal.timeout(60_000) }).then(
    async (response) => {
      await response.arrayBuffer()
      return response.ok
    },
    () => false,
  )
  longestMs = Math.max(longestMs, answered ? performance.now() - startedAt : Infinity)
  await sleep(10)
}
parentPort?.postMessage(longestMs)
