import { inkwell, type Home } from './app.ts'
import { bearer, type HttpServer, type Json } from './http.ts'

/** Makes an admin key with these scopes. */
export async function adminKey(home: Home, scopes: string): Promise<{ id: string; key: string }> {
  const args = ['admin', 'keys', 'create', '--scopes', scopes, '--json']
  return JSON.parse((await inkwell(home, args)).stdout) as { id: string; key: string }
}

/** Sends a request of the admin API. Returns its status and JSON. */
export async function ask(
  { url }: HttpServer,
  key: string,
  [method, path, body, headers]: [string, string, (object | undefined)?, Record<string, string>?],
): Promise<{ status: number; body: Json }> {
  const response = await fetch(`${url}/admin/v1${path}`, {
    method,
    headers: { ...bearer(key), 'content-type': 'application/json', ...headers },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  return { status: response.status, body: (await response.json()) as Json }
}
