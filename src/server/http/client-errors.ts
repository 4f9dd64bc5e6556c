import { STATUS_CODES, type Server, type ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { AppError, codeOf, waitSeconds } from '../../errors.ts'
import { errorBody } from './context/replies.ts'

/** After this time a client whose request did not arrive in time may try again, in milliseconds. */
const RETRY_MS = 1_000

/** The status and words for each error of the parser of Node.js. */
const KNOWN: Partial<Record<string, [status: number, message: string]>> = {
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'The request did not arrive in time.'],
  HPE_HEADER_OVERFLOW: [431, 'The headers of the request are larger than 16 KiB.'],
  HPE_CHUNK_EXTENSIONS_OVERFLOW: [413, 'The chunk extensions of the request are too large.'],
}

/** Answers requests that are not valid HTTP, or do not arrive in time, with the body of every other error. */
export function answerClientErrors(server: Server): void {
  const responses = new WeakMap<Socket, ServerResponse>()
  server.on('request', ({ socket }, response) => void responses.set(socket, response))
  server.on('clientError', (cause: Error, socket: Socket) => {
    const response = responses.get(socket)
    const isAnswering = response?.headersSent === true && !response.writableFinished
    if (!socket.writable || isAnswering || codeOf(cause) === 'ECONNRESET') return socket.destroy()
    const [status, message] = KNOWN[codeOf(cause)] ?? [400, 'The request is not valid HTTP.']
    const hint = status === 408 ? 'Send it again.' : 'Send a valid HTTP/1.1 request.'
    const body = JSON.stringify(errorBody(new AppError('invalid_input', message, { hint }), status))
    const head = [
      `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
      'content-type: application/json',
      `content-length: ${Buffer.byteLength(body)}`,
      ...(status === 408 ? [`retry-after: ${waitSeconds(RETRY_MS)}`] : []),
      'connection: close',
    ]
    return socket.end(`${head.join('\r\n')}\r\n\r\n${body}`)
  })
}
