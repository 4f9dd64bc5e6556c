import { existsSync, readFileSync } from 'node:fs'

const HEADER_BYTES = 32
const FRAME_HEADER_BYTES = 24

/**
 * Transactions in the write-ahead log of a SQLite file since its last restart: the frames that end one
 * carry the size of the database, all others 0. With synchronous=FULL each of them was one sync to disk.
 */
export function commitsInWal(file: string): number {
  const path = `${file}-wal`
  const wal = existsSync(path) ? readFileSync(path) : Buffer.alloc(0)
  if (wal.length < HEADER_BYTES) return 0
  const frameBytes = FRAME_HEADER_BYTES + wal.readUInt32BE(8)
  const salt = wal.readBigUInt64BE(16)
  let commits = 0
  for (let at = HEADER_BYTES; at + frameBytes <= wal.length; at += frameBytes) {
    if (wal.readBigUInt64BE(at + 8) !== salt) break // left over from before the restart
    if (wal.readUInt32BE(at + 4) !== 0) commits += 1
  }
  return commits
}
