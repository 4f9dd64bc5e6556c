import { open, rm, stat, statfs } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { displayBytes } from '../bytes.ts'
import type { Config } from '../config.ts'
import { crypto } from '../crypto.ts'
import { AppError, codeOf } from '../errors.ts'
import { makeFolder } from '../folder.ts'

/** Space that must be free for an output before it is paid for, in bytes. Nearly every image fits. */
export const OUTPUT_ROOM = 16 * 1024 * 1024

/** Space that the ledger's disk must have to spare, in bytes: its WAL grows to 4 MiB between two checkpoints. */
const LEDGER_SLACK = 16 * 1024 * 1024

/** How long a good answer counts, in milliseconds. */
const FRESH_MS = 1_000

/** Port to the place that outputs and uploads are saved in. */
export type Room = {
  /**
   * Throws `ledger_unavailable`, naming what is full or cannot be written, where this many more bytes
   * could not be saved or the ledger has no slack left.
   */
  assertFits(bytes: number): Promise<void>
  /** Free bytes, null where its file system does not tell. Throws as `assertFits` where nothing can be written. */
  free(): Promise<number | null>
}

type Places = Pick<Config, 'outputDir' | 'database'>
type Disk = { device: number; free: number | null }
type Measured = { outputs: Disk; ledger: Disk | null }

const OUTPUTS = 'the output folder'
const LEDGER = 'the ledger'

/** The room in a folder, and beside a ledger file. It is measured with a file that is written and removed. */
export function createFolderRoom(places: Places): Room {
  let last: { measured: Measured; at: number } | undefined
  let measuring: Promise<Measured> | undefined
  const measureAnew = async (): Promise<Measured> => {
    const measured = await measure(places)
    last = { measured, at: performance.now() }
    return measured
  }
  const measureOnce = () =>
    (measuring ??= measureAnew().finally(() => {
      measuring = undefined
    }))
  return {
    async assertFits(bytes) {
      const fresh = last !== undefined && performance.now() < last.at + FRESH_MS ? last : null
      if (fresh !== null && lackOf(fresh.measured, bytes) === null) return
      const lack = lackOf(await measureOnce(), bytes)
      if (lack !== null) throw lack
    },
    free: async () => (await measureOnce()).outputs.free,
  }
}

async function measure({ outputDir, database }: Places): Promise<Measured> {
  const measuring = usable(OUTPUTS, async () => {
    await makeFolder(outputDir)
    await probe(outputDir)
    return await diskOf(outputDir)
  })
  const beside =
    database.engine === 'sqlite' ? usable(LEDGER, () => diskOf(dirname(database.file))) : null
  const [outputs, ledger] = await Promise.all([measuring, beside])
  return { outputs, ledger }
}

async function usable(what: string, body: () => Promise<Disk>): Promise<Disk> {
  try {
    return await body()
  } catch (cause) {
    throw refused(
      isFull(cause) ? `The disk of ${what} is full` : `Nothing can be written to ${what}`,
      cause,
    )
  }
}

/** Some file systems have free space and yet take no file: a quota, no inodes, mounted for reading only. */
async function probe(dir: string): Promise<void> {
  const path = join(dir, `.room.${crypto().randomBytes(6).toString('hex')}.tmp`)
  try {
    const handle = await open(path, 'wx', 0o600)
    try {
      await handle.writeFile('room')
    } finally {
      await handle.close()
    }
  } finally {
    await rm(path, { force: true })
  }
}

/** A file system without any blocks does not say what is free. */
async function diskOf(dir: string): Promise<Disk> {
  const [{ dev: device }, { bavail, blocks, bsize }] = await Promise.all([stat(dir), statfs(dir)])
  return { device, free: blocks === 0 ? null : bavail * bsize }
}

/** The refusal of these bytes, null where they fit. One disk that keeps both must have room for both. */
function lackOf({ outputs, ledger }: Measured, bytes: number): AppError | null {
  if (ledger === null) return lackOn(OUTPUTS, outputs, bytes)
  if (ledger.device === outputs.device)
    return lackOn(`${OUTPUTS} and ${LEDGER}`, outputs, bytes + LEDGER_SLACK)
  return lackOn(OUTPUTS, outputs, bytes) ?? lackOn(LEDGER, ledger, LEDGER_SLACK)
}

function lackOn(what: string, { free }: Disk, needed: number): AppError | null {
  if (free === null || free >= needed) return null
  const numbers = `${displayBytes(free)} free of the ${displayBytes(needed)} that are needed`
  return refused(`The disk of ${what} has ${numbers}`)
}

function refused(what: string, cause?: unknown): AppError {
  return new AppError('ledger_unavailable', `${what}; nothing was started or charged.`, {
    hint: 'Call again once whoever runs this server frees space there or gives the right to write.',
    localHint: 'INKWELL_OUTPUT_DIR and INKWELL_HOME move it.',
    cause,
  })
}

/** Whether an error says that a disk or a quota is used up. */
export function isFull(cause: unknown): boolean {
  return ['ENOSPC', 'EDQUOT'].includes(codeOf(cause))
}
