import type { ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { setTimeout as sleep } from 'node:timers/promises'

export type Answer = { status: number; body: unknown; headers: Record<string, string> }

/** An HTTP answer as bytes, and how many of them go out before the connection breaks. */
export type Reply = {
  status: number
  headers: Record<string, string>
  body: Buffer | AsyncIterable<Buffer>
  cutAfter?: number
}

/** What a request gets: an answer, a broken connection, or silence. */
export type Outcome = Reply | 'reset' | 'hang'

export function json(status: number, body: unknown, headers: Record<string, string> = {}): Reply {
  return {
    status,
    headers: { 'content-type': 'application/json', ...headers },
    body: Buffer.from(JSON.stringify(body)),
  }
}

/** A page of nginx, byte for byte. */
export function html(status: number, title: string, headers: Record<string, string> = {}): Reply {
  const page = [
    '<html>',
    `<head><title>${status} ${title}</title></head>`,
    '<body>',
    `<center><h1>${status} ${title}</h1></center>`,
    '<hr><center>nginx</center>',
    '</body>',
    '</html>',
    '',
  ].join('\r\n')
  return { status, headers: { 'content-type': 'text/html', ...headers }, body: Buffer.from(page) }
}

export function fromAnswer({ status, body, headers }: Answer): Reply {
  return json(status, body, headers)
}

/** Time for the kernel to hand the first bytes over before a reset throws the rest away. */
const CUT_MS = 15

/** Sends an outcome. Silence lasts until one side closes the connection. */
export async function deliver(response: ServerResponse, outcome: Outcome): Promise<void> {
  if (outcome === 'hang') return
  if (outcome === 'reset') {
    response.socket?.resetAndDestroy()
    return
  }
  const { status, headers, body, cutAfter } = outcome
  if (!Buffer.isBuffer(body)) {
    response.writeHead(status, headers)
    await pipeline(Readable.from(body), response)
    return
  }
  response.writeHead(status, { 'content-length': String(body.length), ...headers })
  if (cutAfter === undefined) {
    response.end(body)
    return
  }
  response.write(body.subarray(0, cutAfter))
  await sleep(CUT_MS)
  response.socket?.resetAndDestroy()
}
