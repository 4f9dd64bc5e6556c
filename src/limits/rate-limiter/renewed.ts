import { renameSync, rmSync, statSync } from 'node:fs'
import { AppError, codeOf } from '../../errors.ts'
import type { CallCounter, Count } from '../call-limit.ts'

/**
 * Opens counts on a file that is thrown away when it is damaged: it is renamed, and made anew. `onDamaged` gets the new
 * name of the old file. Throws what `open` throws for other reasons.
 */
export async function openRenewed(
  file: string,
  open: () => Promise<CallCounter>,
  onDamaged: (movedTo: string) => void,
): Promise<CallCounter> {
  const openOrRenew = async (): Promise<CallCounter> => {
    const before = inodeOf(file)
    try {
      return await open()
    } catch (error) {
      if (!isDamaged(error)) throw error
      if (inodeOf(file) === before) setAside(file, onDamaged) // else another process was faster
      return await open()
    }
  }
  let current = await openOrRenew()
  let inode = inodeOf(file)
  let renewing: Promise<void> | undefined
  const renew = async (): Promise<void> => {
    await current.close()
    if (inodeOf(file) === inode) setAside(file, onDamaged)
    current = await openOrRenew()
    inode = inodeOf(file)
  }
  const request = async (send: (counter: CallCounter) => Promise<Count>): Promise<Count> => {
    try {
      return await send(current)
    } catch (error) {
      if (!isDamaged(error)) throw error
      await (renewing ??= renew().finally(() => (renewing = undefined)))
      return await send(current)
    }
  }
  return {
    add: (subject) => request((counter) => counter.add(subject)),
    read: (subject) => request((counter) => counter.read(subject)),
    close: () => current.close(),
  }
}

function setAside(file: string, onDamaged: (movedTo: string) => void): void {
  const movedTo = `${file}.damaged-${Date.now()}`
  for (const suffix of ['-wal', '-shm']) rmSync(`${file}${suffix}`, { force: true })
  renameSync(file, movedTo)
  onDamaged(movedTo)
}

function inodeOf(file: string): bigint | undefined {
  return statSync(file, { bigint: true, throwIfNoEntry: false })?.ino
}

function isDamaged(error: unknown): boolean {
  const cause = error instanceof AppError ? error.cause : error
  return /^SQLITE_(CORRUPT|NOTADB)/.test(codeOf(cause))
}
