import sharp from 'sharp'
import type { FalEmulator } from './emulator.ts'

export const SCHNELL = 'fal-ai/flux/schnell'

export type Reply = {
  status: number
  headers: Headers
  text: string
  /** The body where it is a JSON object, else empty. */
  body: Record<string, unknown>
}

type Init = Omit<RequestInit, 'headers'> & {
  headers?: Record<string, string>
  key?: string | null
}

/** One plain request to an address of fal's, with the key where nothing else is said. */
export async function call(fal: FalEmulator, address: unknown, init: Init = {}): Promise<Reply> {
  const { key = fal.key, headers, ...rest } = init
  const auth: Record<string, string> = key === null ? {} : { authorization: `Key ${key}` }
  const response = await fetch(fal.local(String(address)), {
    signal: AbortSignal.timeout(10_000),
    ...rest,
    headers: { ...auth, ...headers },
  })
  const text = await response.text()
  const isObject = text.startsWith('{') && text.endsWith('}')
  const body = isObject ? (JSON.parse(text) as Record<string, unknown>) : {}
  return { status: response.status, headers: response.headers, text, body }
}

export function post(fal: FalEmulator, address: string, body: unknown): Promise<Reply> {
  return call(fal, address, { method: 'POST', body: JSON.stringify(body) })
}

export function submit(fal: FalEmulator, endpoint: string, input: unknown): Promise<Reply> {
  return post(fal, `https://queue.fal.run/${endpoint}`, input)
}

/** Submits, waits for the job to end and reads its result. */
export async function run(fal: FalEmulator, endpoint: string, input: unknown): Promise<Reply> {
  const accepted = await submit(fal, endpoint, input)
  await fal.idle()
  return call(fal, accepted.body['response_url'])
}

/** Uploads a picture of 60 by 40 pixels and answers its address. */
export async function upload(fal: FalEmulator): Promise<string> {
  const create = { width: 60, height: 40, channels: 3 as const, background: '#c63' }
  const bytes = await sharp({ create }).png().toBuffer()
  const { body } = await post(
    fal,
    'https://rest.fal.ai/storage/upload/initiate?storage_type=fal-cdn-v3',
    { content_type: 'image/png', file_name: 'in.png' },
  )
  const put = { method: 'PUT', key: null, body: new Uint8Array(bytes) }
  const { status } = await call(fal, body['upload_url'], put)
  if (status !== 200) throw new Error(`the upload was answered ${status}`)
  return String(body['file_url'])
}

/** The bytes at an address, read without a key. */
export async function download(fal: FalEmulator, url: unknown): Promise<Buffer> {
  const address = fal.local(String(url))
  const response = await fetch(address, { signal: AbortSignal.timeout(10_000) })
  return Buffer.from(await response.arrayBuffer())
}
