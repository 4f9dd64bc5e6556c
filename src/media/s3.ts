import { createReadStream } from 'node:fs'
import { readFile, rm } from 'node:fs/promises'
import { Readable } from 'node:stream'
import {
  DeleteObjectCommand,
  GetObjectCommand,
  PutObjectCommand,
  S3Client,
  paginateListObjectsV2,
} from '@aws-sdk/client-s3'
import { S3RequestPresigner } from '@aws-sdk/s3-request-presigner'
import type { Bucket, S3Keys } from '../config/store.ts'
import { addressOf, pathAt } from './bucket-address.ts'
import { isShown } from './kinds.ts'
import { NotStoredError, StoreFaultError, type OutputStore } from './output-store.ts'

/** Files up to this size are sent from memory, so that the library can send them again; larger ones are streamed. */
const FROM_MEMORY_MAX = 16 * 1024 * 1024

/** How long a check that the bucket takes files may take, and how long it counts, done or failed, in milliseconds. */
const CHECK = { limitMs: 1_500, doneMs: 10_000, failedMs: 1_000 }

/** How long a try waits for a connection, and for a sign of life, in milliseconds; and the number of tries. */
const REQUEST = { connectionTimeout: 3_000, socketTimeout: 8_000 }
const TRIES = 3

/** Without keys the library looks for a role of this machine. */
type Options = { bucket: Bucket; keys: S3Keys | null; staging: string }

/** S3-compatible object storage as a store. An object is there whole or not at all. */
export function createS3Store({ bucket: place, keys, staging }: Options): OutputStore {
  const { bucket: Bucket, prefix } = place
  const client = clientOf(place, keys)
  const presigner = new S3RequestPresigner(client.config)
  const object = (path: string) => ({ Bucket, Key: `${prefix}${path}` })
  return {
    name: place.name,
    staging,
    check: sharing(async () => {
      const file = { ContentType: 'text/plain', Body: Buffer.from('ready') }
      const limit = { abortSignal: AbortSignal.timeout(CHECK.limitMs) }
      await orFault(client.send(new PutObjectCommand({ ...object('.ready'), ...file }), limit))
    }),
    async put({ path, mimeType, content, check }) {
      await check?.()
      const shown = isShown(mimeType) ? {} : { ContentDisposition: 'attachment' }
      const body = await bodyOf(content)
      const headers = { ContentType: mimeType, CacheControl: 'private, max-age=3600', ...shown }
      const command = new PutObjectCommand({ ...object(path), ...headers, ...body })
      await orFault(client.send(command).finally(() => end(body.Body)))
      if (!(content instanceof Uint8Array)) await rm(content.file, { force: true })
    },
    async open(path, range) {
      const part = range && { Range: `bytes=${range.start}-${range.end}` }
      const found = await orFault(client.send(new GetObjectCommand({ ...object(path), ...part })))
      if (!(found.Body instanceof Readable)) throw new StoreFaultError(new Error('no content'))
      const whole = /\/(\d+)$/.exec(found.ContentRange ?? '')?.[1] ?? found.ContentLength
      return { bytes: Number(whole), content: found.Body }
    },
    async url(path, expiresIn) {
      const address = addressOf(place, path)
      if (address === null) return null
      const { protocol, hostname, port, host, pathname } = address
      const signed = await orFault(
        presigner.presign(
          {
            method: 'GET',
            protocol,
            hostname,
            ...(port !== '' && { port: Number(port) }),
            path: pathname,
            headers: { host },
            query: {},
          },
          { expiresIn },
        ),
      )
      for (const [name, value] of Object.entries(signed.query ?? {}))
        address.searchParams.set(name, String(value))
      return address.href
    },
    async remove(path) {
      await orFault(client.send(new DeleteObjectCommand(object(path)))).catch(ignoreMissing)
    },
    async *list(start) {
      const pages = paginateListObjectsV2({ client }, { Bucket, Prefix: `${prefix}${start}` })
      const next = async () => await orFault(pages.next())
      for (let page = await next(); page.done !== true; page = await next())
        for (const { Key } of page.value.Contents ?? []) if (Key) yield Key.slice(prefix.length)
    },
    localPath: () => null,
    pathOf: (reference) => pathAt(place, reference),
  }
}

function clientOf({ region, endpoint, isInPath }: Bucket, keys: S3Keys | null): S3Client {
  return new S3Client({
    region,
    forcePathStyle: isInPath,
    maxAttempts: TRIES,
    requestHandler: REQUEST,
    // Only Amazon has the newer checksums; every request is signed with its SHA-256, or goes over TLS.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    ...(endpoint !== null && { endpoint }),
    ...(keys !== null && { credentials: keys }),
  })
}

async function bodyOf(content: Uint8Array | { file: string; bytes: number }) {
  if (content instanceof Uint8Array) return { Body: content, ContentLength: content.length }
  const { file, bytes } = content
  const Body = bytes <= FROM_MEMORY_MAX ? await readFile(file) : createReadStream(file)
  return { Body, ContentLength: bytes }
}

/** Closes the file of a request that may never have begun to read it. */
function end(body: unknown): void {
  if (body instanceof Readable) body.destroy()
}

/** Waits for a request. Throws `NotStoredError` if the bucket has no such object, else `StoreFaultError`. */
async function orFault<T>(request: Promise<T>): Promise<T> {
  try {
    return await request
  } catch (cause) {
    const name = cause instanceof Error ? cause.name : ''
    if (name === 'NoSuchKey' || name === 'NotFound')
      throw new NotStoredError('no object', { cause })
    throw new StoreFaultError(cause)
  }
}

function ignoreMissing(error: unknown): void {
  if (!(error instanceof NotStoredError)) throw error
}

/** Shares a check among all who ask while it runs, and its outcome for some time after. */
function sharing(check: () => Promise<void>): () => Promise<void> {
  let validUntil = -Infinity
  let last = Promise.resolve()
  return async () => {
    if (performance.now() >= validUntil) {
      validUntil = Infinity
      last = check()
      const keep = (ms: number) => () => void (validUntil = performance.now() + ms)
      last.then(keep(CHECK.doneMs), keep(CHECK.failedMs))
    }
    await last
  }
}
