import {
  createServer,
  request as forward,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http'
import type { AddressInfo } from 'node:net'

/** What is answered in fal's place: a body to a request that fits, or what fal says cut in half. */
export type FrontRule = {
  method: string
  /** Fits `/<host>/<path>`. */
  path: RegExp
  answer: { status: number; body: unknown; type?: string } | 'cut'
  /** How often; always where left out. */
  times?: number
}

/** Stands before an emulator and answers some requests itself: what the emulator has no fault for. */
export async function startFront(
  target: string,
  rules: readonly FrontRule[],
  port = 0,
): Promise<AsyncDisposable & { url: string }> {
  const left = new Map(rules.map((rule) => [rule, rule.times ?? Infinity]))
  const server = createServer((request, response) => {
    const rule = rules.find(
      (each) =>
        each.method === request.method &&
        each.path.test(request.url ?? '') &&
        (left.get(each) ?? 0) > 0,
    )
    if (rule !== undefined) left.set(rule, (left.get(rule) ?? 0) - 1)
    if (rule === undefined || rule.answer === 'cut') {
      pass(target, request, response, { isCut: rule !== undefined })
      return
    }
    const { status, body, type = 'application/json' } = rule.answer
    response.writeHead(status, { 'content-type': type })
    response.end(typeof body === 'string' ? body : JSON.stringify(body))
  })
  await new Promise<void>((resolve) => {
    server.listen(port, '127.0.0.1', resolve)
  })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      if (!server.listening) return
      server.closeAllConnections()
      await new Promise((resolve) => {
        server.close(resolve)
      })
    },
  }
}

function pass(
  target: string,
  request: IncomingMessage,
  response: ServerResponse,
  { isCut }: { isCut: boolean },
): void {
  const { method, headers, url } = request
  const onward = forward(`${target}${url}`, { method, headers }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers)
    if (!isCut) {
      answer.pipe(response)
      return
    }
    answer.once('data', (chunk: Buffer) => {
      response.write(chunk.subarray(0, chunk.length >> 1), () => {
        setTimeout(() => response.destroy(), 15)
      })
    })
  })
  onward.on('error', () => response.destroy())
  request.pipe(onward)
}
