import type { ServerContext } from '@modelcontextprotocol/server'
import type { Progress } from '../../providers/provider.ts'

/** Longest silence towards a client that asked for progress, in milliseconds. */
const TICK_MS = 5_000

/** Progress towards a client: what the work reports, and a sign of life while it says nothing. */
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
    // A client that has gone away is not an error of the work.
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
