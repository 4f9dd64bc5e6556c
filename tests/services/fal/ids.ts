import { randomBytes } from 'node:crypto'

/** A request id as fal makes them: UUID version 7, which sorts by time. */
export function newRequestId(atMs = Date.now()): string {
  const bytes = randomBytes(16)
  bytes.writeUIntBE(atMs, 0, 6)
  bytes.writeUInt8(((bytes[6] ?? 0) & 0x0f) | 0x70, 6)
  bytes.writeUInt8(((bytes[8] ?? 0) & 0x3f) | 0x80, 8)
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
}

/** The part of an endpoint id that requests live under: owner and app, one deeper for workflows. */
export function appOf(endpoint: string): string {
  const parts = endpoint.split('/')
  const isNested = parts[0] === 'workflows' || parts[0] === 'comfy'
  return parts.slice(0, isNested ? 3 : 2).join('/')
}
