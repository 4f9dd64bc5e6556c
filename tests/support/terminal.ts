import { spawn } from 'node:child_process'
import { resolve } from 'node:path'
import { text } from 'node:stream/consumers'
import { ARGS, COMMAND, REPOSITORY, type Home, type Settings } from './app.ts'

export type InTerminal = { columns: number; env?: Settings; nodeArgs?: readonly string[] }

/** What a pseudo-terminal was sent, both streams as they came, what stays to be seen, and the exit code. */
type Shown = { code: number | null; sent: string; shown: string }

/** What a spinner sends before it writes a line anew. All before it in the line is gone. */
const LINE_CLEARED = '\u001b[1G\u001b[0K'
/** Hides or shows the cursor, or holds the screen while it changes. */
// oxlint-disable-next-line no-control-regex
const MODE = /\u001b\[\?\d+[hl]/g

/** Runs one command line in a pseudo-terminal of so many columns, made by `script` of util-linux. */
export async function inTerminal(
  home: Home,
  args: readonly string[],
  { columns, env = {}, nodeArgs = [] }: InTerminal,
): Promise<Shown> {
  const [node = '', ...files] = [COMMAND, ...ARGS].map((file) => resolve(REPOSITORY, file))
  const words = [node, ...nodeArgs, ...files, ...args].map((word) => `'${word}'`)
  const command = `stty cols ${columns} rows 50 && exec ${words.join(' ')}`
  const child = spawn('script', ['-qec', command, '/dev/null'], {
    cwd: REPOSITORY,
    env: { TERM: 'xterm-256color', SHELL: '/bin/sh', ...home.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = new Promise<number | null>((done) => child.once('close', done))
  const [sent, code] = await Promise.all([text(child.stdout), ended])
  const lines = sent.split('\r\n').map((line) => line.split(LINE_CLEARED).at(-1) ?? '')
  return { code, sent, shown: lines.join('\n').replaceAll(MODE, '') }
}
