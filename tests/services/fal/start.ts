/**
 * Runs the emulator of fal.ai until its input ends (Ctrl-D): `node tests/services/fal/start.ts [--port 8701]`.
 * Prints the settings that point Inkwell at it. A line on stdin queues a fault, see the README of this room.
 */
import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'
import { startFalEmulator, type Fault } from './emulator.ts'
import { stageOf } from './fault.ts'

const { values } = parseArgs({ options: { port: { type: 'string', default: '8701' } } })
await using fal = await startFalEmulator({ port: Number(values.port), queueMs: 100, runMs: 400 })
const say = (text: string): void => void process.stdout.write(`${text}\n`)

say(`export INKWELL_FAL_BASE_URL=${fal.url}`)
say(`export FAL_KEY=${fal.key}`)
for await (const line of createInterface({ input: process.stdin })) {
  // `fal-ai/flux/schnell {"kind":"reset"}`, or only the fault for every endpoint
  const [, endpoint = '*', json = ''] = /^(?:([\w./-]+) +)?(\{.*\})$/.exec(line.trim()) ?? []
  try {
    const fault = JSON.parse(json) as Fault
    fal.script(endpoint, [fault])
    say(`${fault.kind}: the next '${stageOf(fault)}' of ${endpoint}`)
  } catch {
    say('Type a fault as JSON, such as {"kind":"html","status":503}')
  }
}
