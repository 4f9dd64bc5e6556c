import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import type { Settings } from '../../support/app.ts'

/** A person's machine: the folder that is home there, and the settings of its programs. */
export type Machine = { home: string; env: Settings }

export type Ended = { code: number | null; output: string }

/** The path of a file of a package of this workspace. */
export function pathOf(file: string): string {
  return resolve(import.meta.dirname, '../node_modules', file)
}

/** Runs a program, a script of a package, to its end. */
export async function run(
  machine: Machine,
  script: string,
  args: readonly string[],
): Promise<Ended> {
  return await ended(spawn(process.execPath, [pathOf(script), ...args], optionsOf(machine)))
}

/** Runs it in a pseudo-terminal, made by `script` of util-linux. */
export async function runInTerminal(
  machine: Machine,
  script: string,
  args: readonly string[],
): Promise<Ended> {
  const command = [process.execPath, pathOf(script), ...args].join(' ')
  return await ended(spawn('script', ['-qec', command, '/dev/null'], optionsOf(machine)))
}

const optionsOf = ({ home, env }: Machine) => ({
  cwd: home,
  env: { TERM: 'xterm-256color', SHELL: '/bin/sh', ...env },
})

async function ended(child: ChildProcess & { stdout: object; stderr: object }): Promise<Ended> {
  const closed = once(child, 'close') as Promise<[number | null]>
  const { stdout, stderr } = child as never
  const [output, error, [code]] = await Promise.all([text(stdout), text(stderr), closed])
  return { code, output: `${output}${error}` }
}

/** Calls a tool as the window of Codex does, without a model. */
export async function codexCall(
  machine: Machine,
  script: string,
  call: { tool: string; arguments: object },
): Promise<unknown> {
  const child = spawn(process.execPath, [pathOf(script), 'app-server'], {
    ...optionsOf(machine),
    stdio: ['pipe', 'pipe', 'ignore'],
  })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  let asked = 0
  const ask = async (method: string, params: object): Promise<Answer> => {
    asked += 1
    child.stdin.write(`${JSON.stringify({ id: asked, method, params })}\n`)
    let answer: Answer
    do answer = JSON.parse((await lines.next()).value ?? '{"id":"ended"}') as Answer
    while (answer.id !== asked && answer.id !== 'ended')
    return answer
  }
  try {
    await ask('initialize', { clientInfo: { name: 'inkwell-tests', version: '1' } })
    child.stdin.write(`${JSON.stringify({ method: 'initialized' })}\n`)
    const { result } = await ask('thread/start', {})
    const { thread } = result as { thread: { id: string } }
    return await ask('mcpServer/tool/call', { threadId: thread.id, server: 'inkwell', ...call })
  } finally {
    child.kill()
    await once(child, 'exit')
  }
}

type Answer = { id?: unknown; result?: unknown; error?: unknown }
