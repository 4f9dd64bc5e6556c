import { execFileSync } from 'node:child_process'
import {
  closeSync,
  mkdtempSync,
  openSync,
  rmdirSync,
  rmSync,
  statSync,
  truncateSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const MIB = 1024 * 1024

/** A file system of its own, of a few MiB, that can really be full. */
export type SmallDisk = Disposable & {
  path: string
  /** Takes all space, or leaves so many bytes of it. */
  fill(left?: number): void
  /** Gives that space back. */
  free(): void
  /** Takes all numbers for files: there is space, and no new file can be made. */
  takeInodes(): void
  /** From now on it can only be read, or written again. */
  setReadOnly(readOnly: boolean): void
}

/** Mounts one in memory. It takes a user that may mount: root, or one whom sudo lets in without a password. */
export function smallDisk(mebibytes: number): SmallDisk {
  const path = mkdtempSync(join(tmpdir(), 'inkwell-disk-'))
  const owner = `uid=${process.getuid?.()},gid=${process.getgid?.()}`
  asRoot('mount', '-t', 'tmpfs', '-o', `size=${mebibytes}m,mode=0700,${owner}`, 'tmpfs', path)
  const ballast = join(path, 'ballast')
  return {
    path,
    fill: (left = 0) => {
      writeUntilFull(ballast)
      truncateSync(ballast, statSync(ballast).size - left)
    },
    free: () => rmSync(ballast),
    takeInodes: () => asRoot('mount', '-o', 'remount,nr_inodes=1', path),
    setReadOnly: (readOnly) => asRoot('mount', '-o', `remount,${readOnly ? 'ro' : 'rw'}`, path),
    [Symbol.dispose]: () => {
      asRoot('umount', '--lazy', path)
      rmdirSync(path)
    },
  }
}

function asRoot(...command: string[]): void {
  const [program = '', ...args] = process.getuid?.() === 0 ? command : ['sudo', '-n', ...command]
  try {
    execFileSync(program, args, { stdio: 'pipe' })
  } catch (cause) {
    throw new Error('the tests of full disks need a user that may mount file systems', { cause })
  }
}

function writeUntilFull(path: string): void {
  const file = openSync(path, 'a')
  const block = Buffer.alloc(MIB)
  for (let size = MIB; size > 0;) {
    try {
      writeSync(file, block, 0, size)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error
      size = Math.floor(size / 2)
    }
  }
  closeSync(file)
}
