import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { request, type IncomingMessage } from 'node:http'
import { text } from 'node:stream/consumers'
import type { Settings } from './app.ts'
import { serveHttp, type HttpServer, type Json } from './http.ts'
import { freePort } from './postgres.ts'
import { FILE, keep, withServer } from './with-server.ts'

/** A server that clients can sign in to by themselves. Its account `Ada` has a key without limits. */
export function withConnectors(settings: Settings = {}) {
  return withServer(settings)
    .extend('port', FILE, () => freePort())
    .extend('server', FILE, async ({ home, port, account: _account }, fixture) =>
      keep(await serveHttp(home, {}, { args: publicAt(port) }), fixture),
    )
}

/** The command line of a server at a loopback address of its own. */
export function publicAt(port: number, at = port): string[] {
  return ['--port', String(port), '--public-url', `http://127.0.0.1:${at}`]
}

/** The callback of a program on the person's machine. Nobody needs to listen there. */
export const CALLBACK = 'http://127.0.0.1:9/callback'

export type Registered = { client_id: string; redirect_uris: string[] }

/** A server, as far as a request to it goes. */
type At = Pick<HttpServer, 'url'>

/** Registers a client as hosts do. */
export async function register(server: At, more: Json = {}): Promise<Registered> {
  const answer = await post(server, '/oauth/register', {
    client_name: 'Test host',
    redirect_uris: [CALLBACK],
    ...more,
  })
  if (answer.status !== 201) throw new Error(`${answer.status} ${await answer.text()}`)
  return (await answer.json()) as Registered
}

/** Sends JSON. */
export function post(server: At, path: string, body: unknown): Promise<Response> {
  const headers = { 'content-type': 'application/json' }
  return fetch(`${server.url}${path}`, { method: 'POST', headers, body: JSON.stringify(body) })
}

/** What a client keeps while its person decides. */
export type Attempt = { url: string; verifier: string; state: string }

/** The address to which a client sends its person. */
export function authorizeUrl(
  server: At,
  clientId: string,
  more: Record<string, string | null> = {},
): Attempt {
  const verifier = randomBytes(32).toString('base64url')
  const state = randomBytes(8).toString('hex')
  const parameters: Record<string, string | null> = {
    response_type: 'code',
    client_id: clientId,
    redirect_uri: CALLBACK,
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
    resource: `${server.url}/mcp`,
    state,
    ...more,
  }
  const url = new URL('/oauth/authorize', server.url)
  for (const [name, value] of Object.entries(parameters))
    if (value !== null) url.searchParams.set(name, value)
  return { url: url.href, verifier, state }
}

/** A person's browser without scripts: it keeps cookies, and shows where it is led without going to other sites. */
export type Person = {
  open(url: string): Promise<Seen>
  send(url: string, fields: Record<string, string>, headers?: Settings): Promise<Seen>
  cookies: Map<string, { value: string; path: string }>
}
export type Seen = { status: number; url: string; text: string; headers: Headers; leaves: string }

export function person(server: HttpServer): Person {
  const cookies: Person['cookies'] = new Map()
  const visit = async (address: string, init: Sent = {}): Promise<Seen> => {
    const url = new URL(address, server.url)
    const sent = [...cookies]
      .filter(([, { path }]) => url.pathname.startsWith(path))
      .map(([name, { value }]) => `${name.split('@')[0]}=${value}`)
    const answer = await visitOnce(url, { ...init, cookie: sent.join('; ') })
    for (const cookie of answer.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? []
      const path = /path=([^;]+)/i.exec(cookie)?.[1] ?? '/'
      if (/expires=Thu, 01 Jan 1970|max-age=0/i.test(cookie)) cookies.delete(`${name}@${path}`)
      else cookies.set(`${name}@${path}`, { value, path })
    }
    const next = answer.headers.get('location')
    if (next === null) return { ...answer, url: url.href, leaves: '' }
    const to = new URL(next, url)
    if (to.origin === new URL(server.url).origin) return await visit(to.href)
    return { ...answer, url: url.href, leaves: to.href }
  }
  return {
    open: (url) => visit(url),
    send: (url, fields, headers = {}) =>
      visit(url, { body: new URLSearchParams(fields).toString(), headers }),
    cookies,
  }
}

type Sent = { body?: string; headers?: Settings; cookie?: string }

/** One request. Not by `fetch`: that says that no page asks. */
async function visitOnce(url: URL, { body, headers = {}, cookie = '' }: Sent) {
  const sent = request(url, {
    method: body === undefined ? 'GET' : 'POST',
    headers: {
      accept: 'text/html',
      cookie,
      ...(body !== undefined && { 'content-type': 'application/x-www-form-urlencoded' }),
      ...headers,
    },
  })
  sent.end(body)
  const [answer] = (await once(sent, 'response')) as [IncomingMessage]
  const found = new Headers()
  for (const [name, values] of Object.entries(answer.headersDistinct))
    for (const value of values ?? []) found.append(name, value)
  return { status: answer.statusCode ?? 0, headers: found, text: await text(answer) }
}

/** The masked token in a form. */
export function csrfIn({ text }: Seen): string {
  return /name="csrf" value="([^"]+)"/.exec(text)?.[1] ?? ''
}

/** Signs in with a key at what a client asked for, and answers the page of the question. */
export async function askedFor(
  visitor: Person,
  { url }: Pick<Attempt, 'url'>,
  key: string,
): Promise<Seen> {
  const signIn = await visitor.open(url)
  return await visitor.send(signIn.url, { key })
}

export const TERMS = { day: '1', month: '', total: '', call: '', until: '' }

/** Approves what a client asks for. Returns the code that it gets. */
export async function approved(
  visitor: Person,
  attempt: Attempt,
  key: string,
  terms: Record<string, string> = {},
): Promise<string> {
  const question = await askedFor(visitor, attempt, key)
  const fields = { csrf: csrfIn(question), ...TERMS, ...terms, approve: 'yes' }
  const { leaves, status, text } = await visitor.send(question.url, fields)
  const code = URL.parse(leaves)?.searchParams.get('code')
  if (typeof code !== 'string') throw new Error(`no code: ${status} ${leaves} ${text}`)
  return code
}

export type Tokens = Json & { access_token: string; refresh_token: string }

/** Asks the token endpoint. */
export async function tokens(
  server: HttpServer,
  parameters: Record<string, string>,
): Promise<{ status: number; body: Tokens }> {
  const body = new URLSearchParams(parameters)
  const answer = await fetch(`${server.url}/oauth/token`, { method: 'POST', body })
  return { status: answer.status, body: (await answer.json()) as Tokens }
}

/** Exchanges a code. */
export function exchange(
  server: HttpServer,
  clientId: string,
  { code, verifier, ...more }: Record<string, string> & { code: string; verifier: string },
) {
  return tokens(server, {
    grant_type: 'authorization_code',
    client_id: clientId,
    code,
    code_verifier: verifier,
    redirect_uri: CALLBACK,
    ...more,
  })
}

/** Lets a new client in, and returns its tokens. */
export async function connected(
  server: HttpServer,
  key: string,
  { scope = null, ...terms }: Record<string, string> & { scope?: string | null } = {},
): Promise<{ clientId: string; tokens: Tokens }> {
  const { client_id: clientId } = await register(server)
  const attempt = authorizeUrl(server, clientId, { scope })
  const code = await approved(person(server), attempt, key, terms)
  const { status, body } = await exchange(server, clientId, { code, verifier: attempt.verifier })
  if (status !== 200) throw new Error(JSON.stringify(body))
  return { clientId, tokens: body }
}

/** Asks for new tokens by the old ones. */
export function refreshed(server: HttpServer, clientId: string, { refresh_token }: Tokens) {
  return tokens(server, { grant_type: 'refresh_token', client_id: clientId, refresh_token })
}
