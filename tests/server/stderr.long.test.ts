import { closeSync, existsSync, openSync } from 'node:fs'
import { once } from 'node:events'
import { expect, test } from 'vitest'
import { temporaryHome } from '../support/app.ts'
import { startRaw } from '../support/clients.ts'

/** Longest time between the end of stdin, or a signal, and the end of the process, in milliseconds. */
const EXIT_MS = 4_000
const full = existsSync('/dev/full') ? [{ stderr: 'full', lines: 500, end: 'SIGTERM' }] : []

test.each([
  { stderr: 'unread', lines: 10_000, end: 'SIGTERM' }, // of about 700 bytes: far more than a pipe and the buffer hold
  { stderr: 'unread', lines: 2_000, end: 'the end of stdin' },
  { stderr: 'closed', lines: 500, end: 'the end of stdin' },
  ...full,
])(
  'where stderr is $stderr, $lines log lines change nothing, and $end ends the process in 4 s',
  async ({ stderr, lines, end }) => {
    using home = temporaryHome()
    const fd = stderr === 'full' ? openSync('/dev/full', 'w') : undefined
    await using server = startRaw(home, { stderr: fd ?? (stderr as 'unread' | 'closed') })
    if (fd !== undefined) closeSync(fd)
    await server.initialize()
    server.process.stdin?.write('not a message\n'.repeat(lines))
    const { result } = await server.request('tools/call', { name: 'checkUsage', arguments: {} })
    expect(result).toMatchObject({ structuredContent: { account: 'acct_local' } })
    expect(server.lines.length).toBeGreaterThan(lines)
    const exit = once(server.process, 'exit')
    const endedAt = performance.now()
    if (end !== 'SIGTERM') server.process.stdin?.end()
    else server.process.kill('SIGTERM')
    expect(await exit).toEqual([0, null])
    expect(performance.now() - endedAt).toBeLessThan(EXIT_MS)
  },
)
