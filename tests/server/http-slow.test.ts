import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { describe, expect } from 'vitest'
import { preload } from '../support/app.ts'
import { withServer } from '../support/with-server.ts'

/** Time-outs of 30 s pass in one second. */
const HASTE = `
import http from 'node:http'
import { syncBuiltinESMExports } from 'node:module'
const { createServer } = http
http.createServer = (options, listener) =>
  createServer({ ...options, headersTimeout: options.headersTimeout / 30 }, listener)
syncBuiltinESMExports()`

const test = withServer({ NODE_OPTIONS: preload(HASTE).join(' ') })

describe('a client that wastes the time or room of the server', () => {
  test('by headers that never end is let go, and others are answered meanwhile', async ({
    server,
  }) => {
    const { hostname, port } = new URL(server.url)
    const slow = connect(Number(port), hostname)
    slow.on('error', () => {})
    slow.write('GET /v1/credits HTTP/1.1\r\nHost: localhost\r\nX-')
    const trickle = setInterval(() => slow.write('a'), 200)
    const answer = text(slow)
    expect((await server.get('/healthz')).status).toBe(200)
    const [head = '', body = ''] = (await answer).split('\r\n\r\n')
    clearInterval(trickle)
    expect(head).toMatch(/^HTTP\/1.1 408 [^]*retry-after: 1/)
    expect(JSON.parse(body)).toMatchObject({ success: false, error: { status: 408 } })
  })
})
