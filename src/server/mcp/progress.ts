import type { ServerContext } from '@modelcontextprotocol/server'
import type { Progress } from '../../providers/provider.ts'

/** Interval of progress messages to a client that asked for them, in milliseconds. */
const TICK_MS = 5_000

/** Sends progress to a client: each report of the work, and the latest one again every `TICK_MS`. */
export function startProgress(context: ServerContext): {
  report: (progress: Progress) => void
  stop: () => void
} {
  const progressToken = context.mcpReq._meta?.progressToken
  if (progressToken === undefined) return { report: () => {}, stop: () => {} }
  const startedAt = performance.now()
  let latest = 'Waiting for the work to begin'
  let last = -1
  const send = (): void => {
    // Seconds since the call began; it must grow with each message.
    const progress = Math.max(last + 0.001, Math.round(performance.now() - startedAt) / 1000)
    last = progress
    const params = { progressToken, progress, message: latest }
    // A disconnected client is not an error of the work.
    context.mcpReq.notify({ method: 'notifications/progress', params }).catch(() => {})
  }
  const timer = setInterval(send, TICK_MS)
  timer.unref()
  return {
    report: ({ fraction, message }) => {
      latest = `${message} (${Math.round(fraction * 100)} %)`
      send()
    },
    stop: () => clearInterval(timer),
  }
}
