import { setTimeout as sleep } from 'node:timers/promises'
import sharp from 'sharp'
import { bearer, INITIALIZE, MCP_HEADERS, type HttpServer } from '../http.ts'

/** Whom an attack has: a key that may only read, and one that may generate for $0. */
type Target = { server: HttpServer; reader: string; poor: string }

export type Attack = { name: string; run: (target: Target) => Promise<number[]> }

const META = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientInfo': { name: 'attack', version: '1' },
  'io.modelcontextprotocol/clientCapabilities': {},
}

/** Posts a message to /mcp and returns the status of the answer; 0 if there was none. */
async function post(
  { url }: HttpServer,
  key: string,
  body: string,
  headers: Record<string, string> = {},
): Promise<number> {
  try {
    const response = await fetch(`${url}/mcp`, {
      method: 'POST',
      headers: { ...bearer(key), ...MCP_HEADERS, ...headers },
      body,
      signal: AbortSignal.timeout(90_000),
    })
    await response.arrayBuffer()
    return response.status
  } catch {
    return 0
  }
}

/** A call of a tool in the protocol of 2026, with arguments that are JSON already. */
async function call(server: HttpServer, key: string, name: string, json: string): Promise<number> {
  const body = `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"${name}","_meta":${JSON.stringify(META)},"arguments":${json}}}`
  return await post(server, key, body, {
    'mcp-protocol-version': '2026-07-28',
    'mcp-method': 'tools/call',
    'mcp-name': name,
  })
}

/** Sends `count` requests, so many at a time. */
async function crowd(count: number, atOnce: number, send: (n: number) => Promise<number>) {
  const statuses: number[] = []
  let next = 0
  const sender = async () => {
    for (let n = next++; n < count; n = next++) statuses.push(await send(n))
  }
  await Promise.all(Array.from({ length: atOnce }, sender))
  return statuses
}

const keys = (count: number) => Array.from({ length: count }, (_, n) => `"k${n}":1`).join()
const quote = (x: string) => `{"model":"acme/new","quoteOnly":true,"input":{"x":${x}}}`
const small = JSON.stringify({ prompt: 'a', imageSize: '64x64' })

const one = (name: string, tool: string, json: () => string, who: 'reader' | 'poor'): Attack => ({
  name,
  run: async (target) => [await call(target.server, target[who], tool, json())],
})

/** A data URI of a PNG with a red square, as high as half of the picture, on a grey backdrop. */
async function picture(width: number, height: number): Promise<string> {
  const [side, channels] = [Math.round(height / 2), 3] as const
  const subject = { create: { width: side, height: side, channels, background: '#c22' } }
  const png = await sharp({ create: { width, height, channels, background: '#888' } })
    .composite([{ input: subject }])
    .png()
    .toBuffer()
  return `data:image/png;base64,${png.toString('base64')}`
}

/** A data URI of almost 10 MiB that is no picture. */
const heavy = `data:image/png;base64,${Buffer.alloc(10_000_000, 7).toString('base64')}`

/** Everything that once stopped a server, and its like. */
export const ATTACKS: readonly Attack[] = [
  one('checkUsage with 700,000 unknown keys', 'checkUsage', () => `{${keys(700_000)}}`, 'reader'),
  one('run with 14,500,000 numbers', 'run', () => quote(`[${'1,'.repeat(14_500_000)}1]`), 'poor'),
  one(
    'run with 2,700,000 empty objects',
    'run',
    () => quote(`[${'{},'.repeat(2_700_000)}{}]`),
    'poor',
  ),
  one('run with 1,500,000 keys', 'run', () => quote(`{${keys(1_500_000)}}`), 'poor'),
  one('5,000,000 levels', 'checkUsage', () => `{"x":${'['.repeat(5_000_000)}`, 'reader'),
  one('a string of 30 MB', 'checkUsage', () => `{"x":"${'x'.repeat(30_000_000)}"}`, 'reader'),
  {
    name: '16 quotes with a data URI of 10 MB',
    run: ({ server, poor }) => {
      const json = JSON.stringify({ image: heavy, quoteOnly: true })
      return crowd(16, 2, () => call(server, poor, 'removeBackground', json))
    },
  },
  {
    name: 'local/cutout of 64 megapixels, 4 times',
    run: async ({ server, poor }) => {
      const image = await picture(8_000, 8_000)
      const json = JSON.stringify({ image, model: 'local/cutout', waitSeconds: 20 })
      return await crowd(4, 4, () => call(server, poor, 'removeBackground', json))
    },
  },
  {
    name: 'local/cutout of 24 megapixels, 4 times',
    run: async ({ server, poor }) => {
      const image = await picture(6_000, 4_000)
      const json = JSON.stringify({ image, model: 'local/cutout', waitSeconds: 20 })
      return await crowd(4, 4, () => call(server, poor, 'removeBackground', json))
    },
  },
  {
    name: '3,000 sessions',
    run: ({ server, reader }) =>
      crowd(3_000, 20, () => post(server, reader, JSON.stringify(INITIALIZE))),
  },
  {
    name: '500 paid calls at once',
    run: ({ server, poor }) => crowd(500, 500, () => call(server, poor, 'generateImage', small)),
  },
  {
    name: '3,000 quotes',
    run: ({ server, poor }) => crowd(3_000, 50, () => call(server, poor, 'run', quote('1'))),
  },
  {
    name: '3,000 reads at the bound of the JSON',
    run: ({ server, reader }) => {
      const json = `{"x":[${'1,'.repeat(19_000)}1]}`
      return crowd(3_000, 20, () => call(server, reader, 'checkUsage', json))
    },
  },
  {
    name: '200 connections that send nothing, for 3 s',
    run: async ({ server }) => {
      const { hostname, port } = new URL(server.url)
      const { connect } = await import('node:net')
      const sockets = Array.from({ length: 200 }, () =>
        connect(Number(port), hostname).on('error', () => {}),
      )
      await sleep(3_000)
      for (const socket of sockets) socket.destroy()
      return []
    },
  },
]
