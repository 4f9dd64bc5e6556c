import type { SeenRequest } from './books.ts'
import { header, type Incoming } from './context.ts'
import { json, type Reply } from './reply.ts'

const HIDDEN = '[key]'

/** Records a request as it arrives, without the key. */
export function noteDown(incoming: Incoming, key: string): SeenRequest {
  const { method, host, path, query, body } = incoming
  // A key has a colon, which an address may carry encoded.
  const address = [path, decoded(path), query.toString(), ...[...query].flat()]
  const texts = [...address, ...Object.values(incoming.headers).flat(), body.toString('latin1')]
  const hide = (text: string) =>
    text.replaceAll(key, HIDDEN).replaceAll(encodeURIComponent(key), HIDDEN)
  const headers = Object.entries(incoming.headers)
    .filter(([name]) => name !== 'authorization')
    .map(([name, value]) => [name, hide(String(value))])
  return {
    method,
    host,
    path: hide(path),
    query: hide(query.toString()),
    headers: Object.fromEntries(headers) as Record<string, string>,
    key: keyOf(incoming, key),
    carriedKey: texts.some((text) => text?.includes(key) === true),
    bodyBytes: body.length,
    answered: null,
  }
}

/** Returns the response for a request without the right key. */
export function unauthorized({ host, path }: Incoming): Reply {
  const message = 'Authentication is required to access this application.'
  return host === 'api.fal.ai'
    ? json(401, { error: { type: 'authorization_error', message } })
    : json(401, { detail: `Cannot access application "${path.slice(1)}". ${message}` })
}

function keyOf(incoming: Incoming, key: string): SeenRequest['key'] {
  const given = header(incoming, 'authorization')
  if (given === null) return 'none'
  return given === `Key ${key}` ? 'right' : 'wrong'
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
