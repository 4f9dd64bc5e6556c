import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { ARGS, COMMAND, REPOSITORY } from '../app.ts'
import { press } from '../test-checkout.ts'
import type { Stage } from './stage.ts'

/** Runs a command that waits for a payment, and pays. */
export async function pay({ home }: Stage, args: readonly string[]): Promise<void> {
  const child = spawn(COMMAND, [...ARGS, ...args], {
    cwd: REPOSITORY,
    env: home.env,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = once(child, 'close')
  for await (const line of createInterface({ input: child.stdout })) {
    const [url] = /http\S+/.exec(line) ?? []
    if (url !== undefined) await press(url, 'pay')
  }
  assert.deepEqual(await ended, [0, null])
}
