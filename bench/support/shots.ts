import { NEXT_ID, type Shot } from './load.ts'

const CLIENT = { name: 'bench', version: '1' }
const JSON_HEADERS = {
  'content-type': 'application/json',
  accept: 'application/json, text/event-stream',
}

/** A reading of the REST API. */
export function get(url: string, path: string, key?: string): Shot {
  return { url, bytes: request(`GET ${path}`, url, headersOf(key)) }
}

/** A call of a tool as clients of 2026-07-28 send it. */
export function modern(url: string, name: string, args: object, key?: string): Shot {
  const _meta = {
    'io.modelcontextprotocol/protocolVersion': '2026-07-28',
    'io.modelcontextprotocol/clientInfo': CLIENT,
    'io.modelcontextprotocol/clientCapabilities': {},
  }
  const headers = {
    'mcp-protocol-version': '2026-07-28',
    'mcp-method': 'tools/call',
    'mcp-name': name,
  }
  return {
    url,
    bytes: post(
      url,
      { ...headersOf(key), ...headers },
      { method: 'tools/call', params: { name, arguments: args, _meta } },
    ),
  }
}

/** The result of the tool that a shot of `modern` calls. */
export async function resultOf({ url, bytes }: Shot): Promise<object> {
  const [head = '', body = ''] = bytes.split('\r\n\r\n')
  const headers = head
    .split('\r\n')
    .slice(1)
    .map((line) => line.split(': ') as [string, string])
  const response = await fetch(`${url}/mcp`, {
    method: 'POST',
    headers: headers.filter(([name]) => name !== 'host' && name !== 'content-length'),
    body: body.replace(NEXT_ID, '1'),
  })
  const line = (await response.text()).split('\n').find((text) => text.startsWith('data: '))
  return (JSON.parse(line?.slice('data: '.length) ?? '{}') as { result: object }).result
}

/** The same as clients of 2025-11-25 send it, in a session that is opened for it. */
export async function legacy(url: string, name: string, args: object, key?: string): Promise<Shot> {
  const opened = await fetch(`${url}/mcp`, {
    method: 'POST',
    headers: { ...JSON_HEADERS, ...headersOf(key) },
    body: JSON.stringify({
      jsonrpc: '2.0',
      id: 0,
      method: 'initialize',
      params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: CLIENT },
    }),
  })
  await opened.text()
  const headers = {
    'mcp-protocol-version': '2025-11-25',
    'mcp-session-id': opened.headers.get('mcp-session-id') ?? '',
  }
  return {
    url,
    bytes: post(
      url,
      { ...headersOf(key), ...headers },
      { method: 'tools/call', params: { name, arguments: args } },
    ),
  }
}

function headersOf(key?: string): Record<string, string> {
  return key === undefined ? {} : { authorization: `Bearer ${key}` }
}

function post(url: string, headers: Record<string, string>, message: object): string {
  const body = JSON.stringify({ jsonrpc: '2.0', id: NEXT_ID, ...message })
  return (
    request('POST /mcp', url, {
      ...JSON_HEADERS,
      ...headers,
      'content-length': String(body.length),
    }) + body
  )
}

function request(line: string, url: string, headers: Record<string, string>): string {
  const lines = Object.entries({ host: new URL(url).host, ...headers }).map(
    ([name, value]) => `${name}: ${value}\r\n`,
  )
  return `${line} HTTP/1.1\r\n${lines.join('')}\r\n`
}
