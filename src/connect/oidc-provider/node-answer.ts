import { IncomingMessage, ServerResponse } from 'node:http'
import { Socket } from 'node:net'

/** A request as Node.js has it, with the response to it. Nothing of it touches the network. */
export type NodeExchange = { request: IncomingMessage; response: ServerResponse }

/**
 * Converts a request to one at the public address `origin`, whatever a proxy made of its `Host`, and whatever a client
 * says in `X-Forwarded-…`: the library makes its addresses of these headers.
 */
export async function nodeExchange(request: Request, origin: string): Promise<NodeExchange> {
  const { host, protocol } = new URL(origin)
  const { pathname, search } = new URL(request.url)
  const node = new IncomingMessage(new Socket())
  node.method = request.method
  node.url = `${pathname}${search}`
  node.headers = Object.fromEntries(request.headers)
  Object.assign(node.headers, { host, 'x-forwarded-host': host })
  node.headers['x-forwarded-proto'] = protocol.slice(0, -1)
  if (request.body !== null) node.push(Buffer.from(await request.arrayBuffer()))
  node.push(null)
  return { request: node, response: new ServerResponse(node) }
}

/** Lets a handler for Node.js answer. */
export async function answerOf(
  { request, response }: NodeExchange,
  handle: (request: IncomingMessage, response: ServerResponse) => Promise<void>,
): Promise<Response> {
  const body = await new Promise<string>((resolve, reject) => {
    response.end = ((chunk?: unknown) => {
      resolve(typeof chunk === 'string' ? chunk : Buffer.isBuffer(chunk) ? chunk.toString() : '')
      return response
    }) as typeof response.end
    handle(request, response).catch(reject)
  })
  const headers = new Headers()
  for (const [name, value] of Object.entries(response.getHeaders()))
    for (const one of [value ?? []].flat()) headers.append(name, String(one))
  headers.delete('content-length')
  headers.delete('transfer-encoding')
  const hasBody = body !== '' && ![204, 304].includes(response.statusCode)
  return new Response(hasBody ? body : null, { status: response.statusCode, headers })
}
