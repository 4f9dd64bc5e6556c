import { connect } from 'node:net'
import { describe, expect, test } from 'vitest'
import { temporaryHome, type Home } from '../support/app.ts'
import { beforeTests } from '../support/before-tests.ts'
import { serveHttp, type HttpServer } from '../support/http.ts'

let home: Home
let server: HttpServer
beforeTests(async (keep) => {
  home = keep(temporaryHome())
  server = keep(await serveHttp(home))
})

describe('a client that wastes the time or room of the server', () => {
  test('by headers that never end is let go, and others are answered meanwhile', async () => {
    const { hostname, port } = new URL(server.url)
    const slow = connect(Number(port), hostname)
    slow.on('error', () => {})
    slow.write('GET /v1/credits HTTP/1.1\r\nHost: localhost\r\nX-')
    const trickle = setInterval(() => slow.write('a'), 200)
    const gone = new Promise((done) => slow.once('close', done))
    expect((await server.get('/healthz')).status).toBe(200)
    await gone
    clearInterval(trickle)
  })

  test('by headers of more than 16 KiB is answered 431', async () => {
    const headers = { 'x-long': 'a'.repeat(17 * 1024) }
    expect((await server.get('/healthz', undefined, headers)).status).toBe(431)
  })
})
