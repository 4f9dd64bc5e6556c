import { mkdtemp, realpath, rm } from 'node:fs/promises'
import type { RequestListener } from 'node:http'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { crc32, deflateSync } from 'node:zlib'
import sharp from 'sharp'
import { AppError } from '../../src/errors.ts'
import { makeCertificate } from '../support/certificate.ts'

/** A fresh folder that is removed at the end of the scope. */
export async function tempFolder(): Promise<{ path: string } & AsyncDisposable> {
  const path = await realpath(await mkdtemp(join(tmpdir(), 'inkwell-media-')))
  return {
    path,
    [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }),
  }
}

/** A solid picture of 40 by 30 pixels in the format asked for. */
export async function picture(format: 'png' | 'jpeg' | 'webp' | 'gif' | 'avif' | 'tiff' = 'png') {
  return sharp({ create: { width: 40, height: 30, channels: 3, background: '#c63' } })
    .toFormat(format)
    .toBuffer()
}

/** A black square of one bit a pixel, put together without ever being unpacked. */
export function blackPng(side: number): Buffer {
  const chunk = (kind: string, content: Buffer): Buffer => {
    const body = Buffer.concat([Buffer.from(kind), content])
    const frame = Buffer.alloc(body.length + 8)
    frame.writeUInt32BE(content.length)
    body.copy(frame, 4)
    frame.writeUInt32BE(crc32(body), body.length + 4)
    return frame
  }
  const header = Buffer.from([0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0])
  header.writeUInt32BE(side, 0)
  header.writeUInt32BE(side, 4)
  const rows = deflateSync(Buffer.alloc(side * (1 + Math.ceil(side / 8))), { level: 1 })
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', header),
    chunk('IDAT', rows),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

/** Pixels that hardly compress. */
export function noise(width: number, height: number, channels: 3 | 4): Buffer {
  const pixels = Buffer.alloc(width * height * channels)
  let state = 0x9e3779b9
  for (let at = 0; at < pixels.length; at++) {
    state = Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + at
    pixels[at] = state >>> 24
  }
  return pixels
}

/** The `AppError` that a call fails with; anything else is a failed test. */
export async function failure(work: Promise<unknown>): Promise<AppError> {
  const outcome: unknown = await work.then(
    () => 'it did not fail',
    (cause: unknown) => cause,
  )
  if (outcome instanceof AppError) return outcome
  throw new Error(`expected an AppError, got ${String(outcome)}`, { cause: outcome })
}

/** A real https server on loopback with a certificate of its own. */
export async function httpsServer(
  listener: RequestListener,
): Promise<{ port: number; ca: string } & AsyncDisposable> {
  const { key, cert } = makeCertificate()
  const server = createServer({ key, cert }, listener)
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  return {
    port: (server.address() as AddressInfo).port,
    ca: cert,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => {
        server.close(resolve)
      })
    },
  }
}
