import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'

export type RpcServer = {
  /** Sends one request and answers how long it took, in milliseconds. Throws where it failed. */
  time(method: string, params: Record<string, unknown>): Promise<number>
  /** Sends one request and answers its result. */
  result(method: string, params: Record<string, unknown>): Promise<object>
  stop(): Promise<void>
}

/** Spawns an MCP server and speaks bare JSON-RPC with it, so that no client library is measured. */
export async function startServer(
  args: readonly string[],
  env: Record<string, string>,
): Promise<RpcServer> {
  const child = spawn(process.execPath, [...args], {
    env: { ...process.env, INKWELL_LOG_LEVEL: 'silent', ...env },
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const waiting = new Map<number, (line: string) => void>()
  let nextId = 0
  createInterface({ input: child.stdout }).on('line', (line) => {
    const { id } = JSON.parse(line) as { id?: number }
    if (id !== undefined) waiting.get(id)?.(line)
  })
  const send = (message: object): void =>
    void child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`)
  const call = async (method: string, params: Record<string, unknown>) => {
    const id = ++nextId
    const startedAt = performance.now()
    const line = await new Promise<string>((resolve) => {
      waiting.set(id, resolve)
      send({ id, method, params })
    })
    const took = performance.now() - startedAt
    waiting.delete(id)
    if (line.includes('"error":{') || line.includes('"isError":true'))
      throw new Error(line.slice(0, 300))
    return { line, took }
  }
  const time: RpcServer['time'] = async (method, params) => (await call(method, params)).took
  await time('initialize', {
    protocolVersion: '2025-11-25',
    capabilities: {},
    clientInfo: { name: 'bench', version: '1' },
  })
  send({ method: 'notifications/initialized' })
  return {
    time,
    result: async (method, params) =>
      (JSON.parse((await call(method, params)).line) as { result: object }).result,
    stop: () =>
      new Promise((resolve) => {
        child.once('exit', () => resolve())
        child.stdin.end()
      }),
  }
}

/** The middle value. */
export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
}
