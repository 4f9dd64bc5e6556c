import { once } from 'node:events'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { expect } from 'vitest'
import { createApp } from '../../src/app.ts'
import { loadConfig } from '../../src/config.ts'
import { documentFetcher } from '../../src/connect/client-document.ts'
import { createHttp } from '../../src/server/http/http.ts'
import { temporaryHome } from '../support/app.ts'
import { makeCertificate } from '../support/certificate.ts'
import { authorizeUrl } from '../support/connectors.ts'
import { FILE, keep, withServer } from '../support/with-server.ts'

const ORIGIN = 'http://127.0.0.1:8787'
const REDIRECT = 'https://host.example/callback'

/** The site of a client, at `images.test`, whose document each test sets. */
async function site() {
  const { key, cert } = makeCertificate()
  let asked = 0
  const documents = new Map<string, { body: string; status?: number; location?: string }>()
  const server = createServer({ key, cert }, (request, response) => {
    asked += 1
    const {
      body,
      status = 200,
      location,
    } = documents.get(request.url ?? '') ?? { body: '', status: 404 }
    response.writeHead(status, location === undefined ? {} : { location }).end(body)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    cert,
    asked: () => asked,
    idOf: (path: string, host = 'images.test') => `https://${host}:${port}${path}`,
    documents,
    [Symbol.dispose]: () => void server.close(),
  }
}

const test = withServer()
  .extend('site', FILE, async ({ settings: _none }, fixture) => keep(await site(), fixture))
  .extend('open', FILE, async ({ site: { cert } }, { onCleanup }) => {
    const home = temporaryHome({ INKWELL_LOG_LEVEL: 'error' }) // documents that cannot be read are a warning
    const ofTests = { isPublic: () => true, lookup: () => Promise.resolve(['127.0.0.1']), ca: cert }
    const servers = await Promise.all(
      [documentFetcher(ofTests), undefined].map(async (fetchDocument) => {
        const app = createApp(loadConfig(home.env), fetchDocument && { fetchDocument })
        const http = await createHttp(app, {
          hosts: ['127.0.0.1'],
          publicUrl: ORIGIN,
          hasConnectors: true,
        })
        return { app, http }
      }),
    )
    onCleanup(async () => {
      for (const { app } of servers) await app.close()
      home[Symbol.dispose]()
    })
    /** Asks for a sign-in of a client, at a server that may fetch from this machine or at a real one. */
    return async (clientId: string, { real = false, redirect = REDIRECT } = {}) => {
      const { url } = authorizeUrl({ url: ORIGIN }, clientId, { redirect_uri: redirect })
      const http = servers[real ? 1 : 0]?.http
      const visit = async (address: string, cookie = '') => {
        const headers = { host: '127.0.0.1:8787', accept: 'text/html', cookie }
        const answer = await http?.fetch(new Request(address, { headers }))
        if (answer === undefined) throw new Error('there is no server')
        return answer
      }
      const answer = await visit(url)
      const next = answer.headers.get('location')
      if (next === null) return { status: answer.status, text: await answer.text() }
      const cookie = answer.headers
        .getSetCookie()
        .map((one) => one.split(';')[0])
        .join('; ')
      const page = await visit(new URL(next, ORIGIN).href, cookie)
      return { status: page.status, text: await page.text() }
    }
  })

const documentOf = (client_id: string, more: object = {}) =>
  JSON.stringify({ client_id, client_name: 'The host', redirect_uris: [REDIRECT], ...more })

test('a client is who its document says, fetched once', async ({ site, open }) => {
  const id = site.idOf('/client.json')
  site.documents.set('/client.json', { body: documentOf(id) })
  const before = site.asked()
  for (let times = 0; times < 3; times += 1) {
    const { status, text } = await open(id)
    expect(status).toBe(200)
    expect(text).toContain('The host')
    expect(text).toContain(new URL(id).host)
    expect(text).toContain('host.example')
  }
  expect(site.asked() - before).toBe(1)
  expect((await open(id, { redirect: 'https://evil.example/callback' })).status).toBe(400)
})

test('a document may name a program on any port', async ({ site, open }) => {
  const id = site.idOf('/native.json')
  const redirect_uris = ['http://localhost/callback', 'http://127.0.0.1/callback']
  site.documents.set('/native.json', { body: documentOf(id, { redirect_uris }) })
  const { text } = await open(id, { redirect: 'http://127.0.0.1:61234/callback' })
  expect(text).toContain('a program on your computer')
})

const MAKERS = 'tell its makers'
const OPERATOR = 'Tell the operator of this server'

test.for([
  { what: 'of another client', tell: MAKERS, body: documentOf('https://other.example/it.json') },
  { what: 'of 10 MB', tell: OPERATOR, body: `"${'x'.repeat(10_000_000)}"` },
  { what: 'that is no JSON', tell: MAKERS, body: '<html>' },
  { what: 'that is a list', tell: MAKERS, body: '[]' },
  { what: 'elsewhere', tell: OPERATOR, body: '', status: 302, location: 'https://images.test/b' },
  { what: 'that is not there', tell: OPERATOR, body: '', status: 404 },
])('a document $what lets nobody in', async ({ what, tell, ...document }, { site, open }) => {
  const path = `/${what.replaceAll(' ', '-')}.json`
  site.documents.set(path, document)
  const { status, text } = await open(site.idOf(path))
  expect(status).toBe(400)
  expect(text).toContain('This sign-in cannot go on')
  expect(text).toContain(tell)
})

test.for(['127.0.0.1', 'localhost', '[::1]', '169.254.169.254', '10.0.0.1'])(
  'nothing is fetched from %s',
  async (host, { site, open }) => {
    const before = site.asked()
    expect((await open(site.idOf('/client.json', host), { real: true })).status).toBe(400)
    expect(site.asked()).toBe(before)
  },
)
