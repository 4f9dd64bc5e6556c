import { open, rm, stat, statfs } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { displayBytes } from '../bytes.ts'
import type { Config } from '../config.ts'
import { crypto } from '../crypto.ts'
import { AppError, codeOf } from '../errors.ts'
import { makeFolder } from '../folder.ts'

/** Space that must be free for each output before it is paid for, in bytes. Nearly every image fits. */
export const OUTPUT_SPACE = 16 * 1024 * 1024

/** Space that must stay free on the ledger's disk, in bytes: its WAL grows to 4 MiB between two checkpoints. */
const LEDGER_SLACK = 16 * 1024 * 1024

/** How long a measurement is used again, in milliseconds. */
const CACHE_MS = 1_000

/** Port to the disk that outputs and uploads are saved on. */
export type DiskSpace = {
  /**
   * Throws `ledger_unavailable`, naming what is full or cannot be written, if this many more bytes could not be
   * saved or the ledger has too little free space.
   */
  assertFits(bytes: number): Promise<void>
  /** Returns the free bytes; null if the file system does not report them. Throws as `assertFits` if nothing can be written. */
  free(): Promise<number | null>
}

type Places = Pick<Config, 'outputDir' | 'database'>
type Disk = { device: number; free: number | null }
type Measured = { outputs: Disk; ledger: Disk | null }

const OUTPUTS = 'the output folder'
const LEDGER = 'the ledger'

/**
 * Measures the free space for the outputs and for a ledger file. Writes and removes a small file as a check. `checkStore`
 * throws if the store of the outputs cannot be used.
 */
export function createDiskSpace(
  places: Places,
  checkStore: () => Promise<void> = async () => {},
): DiskSpace {
  let last: { measured: Measured; at: number } | undefined
  let measuring: Promise<Measured> | undefined
  const measureAndCache = async (): Promise<Measured> => {
    const measured = await measure(places)
    last = { measured, at: performance.now() }
    return measured
  }
  const measureOnce = () =>
    (measuring ??= measureAndCache().finally(() => {
      measuring = undefined
    }))
  return {
    async assertFits(bytes) {
      await checkStore()
      const cached = last !== undefined && performance.now() < last.at + CACHE_MS ? last : null
      if (cached !== null && shortage(cached.measured, bytes) === null) return
      const failure = shortage(await measureOnce(), bytes)
      if (failure !== null) throw failure
    },
    free: async () => (await measureOnce()).outputs.free,
  }
}

async function measure({ outputDir, database }: Places): Promise<Measured> {
  const measuring = orUnavailable(OUTPUTS, async () => {
    await makeFolder(outputDir)
    await probe(outputDir)
    return await diskOf(outputDir)
  })
  const beside =
    database.engine === 'sqlite'
      ? orUnavailable(LEDGER, () => diskOf(dirname(database.file)))
      : null
  const [outputs, ledger] = await Promise.all([measuring, beside])
  return { outputs, ledger }
}

async function orUnavailable(what: string, body: () => Promise<Disk>): Promise<Disk> {
  try {
    return await body()
  } catch (cause) {
    throw refused(
      isFull(cause) ? `The disk of ${what} is full` : `Nothing can be written to ${what}`,
      cause,
    )
  }
}

/** Writes a file: some file systems have free space but accept none (a quota, no inodes, read-only). */
async function probe(dir: string): Promise<void> {
  const path = join(dir, `.space.${crypto().randomBytes(6).toString('hex')}.tmp`)
  try {
    const handle = await open(path, 'wx', 0o600)
    try {
      await handle.writeFile('space')
    } finally {
      await handle.close()
    }
  } finally {
    await rm(path, { force: true })
  }
}

/** A file system with 0 blocks does not report its free space. */
async function diskOf(dir: string): Promise<Disk> {
  const [{ dev: device }, { bavail, blocks, bsize }] = await Promise.all([stat(dir), statfs(dir)])
  return { device, free: blocks === 0 ? null : bavail * bsize }
}

/** Returns the error if these bytes do not fit, else null. If both are on one disk, it needs space for both. */
function shortage({ outputs, ledger }: Measured, bytes: number): AppError | null {
  if (ledger === null) return shortageOn(OUTPUTS, outputs, bytes)
  if (ledger.device === outputs.device)
    return shortageOn(`${OUTPUTS} and ${LEDGER}`, outputs, bytes + LEDGER_SLACK)
  return shortageOn(OUTPUTS, outputs, bytes) ?? shortageOn(LEDGER, ledger, LEDGER_SLACK)
}

function shortageOn(what: string, { free }: Disk, needed: number): AppError | null {
  if (free === null || free >= needed) return null
  const numbers = `${displayBytes(free)} free of the ${displayBytes(needed)} that are needed`
  return refused(`The disk of ${what} has ${numbers}`)
}

function refused(what: string, cause?: unknown): AppError {
  return new AppError('ledger_unavailable', `${what}; nothing was started or charged.`, {
    hint: 'Call again once the operator of this server frees space there or gives the right to write.',
    localHint: 'INKWELL_OUTPUT_DIR and INKWELL_HOME move it.',
    cause,
  })
}

/** Returns whether an error means that a disk or a quota is full. */
export function isFull(cause: unknown): boolean {
  return ['ENOSPC', 'EDQUOT'].includes(codeOf(cause))
}
