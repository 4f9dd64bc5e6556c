import { createApp } from '../../src/app.ts'
import { loadConfig } from '../../src/config.ts'
import { callTool } from '../../src/server/mcp/call.ts'
import { toolsFor } from '../../src/tools/index.ts'

/** A process that makes paid calls of a tool, as many as its parent says, and answers with the CPU that they took, in ms. */
const app = createApp(loadConfig(process.env, 'silent'))
const [tool] = toolsFor(app.generations.rates).filter(({ name }) => name === 'generateImage')
const caller = app.localCaller('bench')
const { signal } = new AbortController()
let made = 0

/** Calls that run at once: while one waits for fal, others work. */
const AT_ONCE = 8

async function call(): Promise<void> {
  if (tool === undefined) throw new Error('there is no generateImage')
  made += 1
  const input = { model: 'fal-ai/flux/schnell', prompt: `a fox, ${made}`, preview: false }
  const result = await callTool(app, tool, input, {
    caller,
    signal,
    disconnected: signal,
    takesStructured: true,
    maxWaitMs: 60_000,
    onProgress: () => {},
  })
  if (result.isError === true) throw new Error(JSON.stringify(result.content))
}

process.on('message', (calls: number) => void work(calls))
process.once('disconnect', () => process.exit())
process.send?.(0)

async function work(calls: number): Promise<void> {
  const before = process.cpuUsage()
  let begun = 0
  const lane = async () => {
    while (begun++ < calls) await call()
  }
  await Promise.all(Array.from({ length: AT_ONCE }, lane))
  const { user, system } = process.cpuUsage(before)
  process.send?.((user + system) / 1000)
}
