import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createDiskSpace } from '../../src/media/disk-space.ts'
import { temporaryFolder } from '../support/databases.ts'
import { smallDisk } from '../support/small-disk.ts'

const MIB = 1024 * 1024
const sqlite = (path: string) => ({ engine: 'sqlite', file: join(path, 'test.db') }) as const
const POSTGRES = { engine: 'postgres', url: 'postgres://h/d' } as const

/** What is refused, in words and code. */
const refusal = (message: string) => ({
  code: 'ledger_unavailable',
  message: `${message}; nothing was started or charged.`,
})

test('an output folder and a ledger on one disk need room for both', async () => {
  using disk = smallDisk(24)
  const diskSpace = createDiskSpace({ outputDir: disk.path, database: sqlite(disk.path) })
  await expect(diskSpace.assertFits(8 * MIB)).resolves.toBeUndefined()
  await expect(diskSpace.assertFits(8 * MIB + 1)).rejects.toMatchObject(
    refusal(
      'The disk of the output folder and the ledger has 24 MiB free of the 24 MiB that are needed',
    ),
  )
  await expect(diskSpace.assertFits(16 * MIB)).rejects.toMatchObject(
    refusal(
      'The disk of the output folder and the ledger has 24 MiB free of the 32 MiB that are needed',
    ),
  )
})

test('on disks of their own each is measured by itself, and a server has its own to look after', async () => {
  using images = smallDisk(24)
  using ledger = smallDisk(8)
  const apart = createDiskSpace({ outputDir: images.path, database: sqlite(ledger.path) })
  await expect(apart.assertFits(0)).rejects.toMatchObject(
    refusal('The disk of the ledger has 8 MiB free of the 16 MiB that are needed'),
  )
  const remote = createDiskSpace({ outputDir: images.path, database: POSTGRES })
  await expect(remote.assertFits(24 * MIB)).resolves.toBeUndefined()
  expect(await remote.free()).toBe(24 * MIB)
})

test('it is measured by what can be written, leaves nothing behind and makes the folder', async () => {
  using folder = temporaryFolder()
  const outputDir = join(folder.path, 'new', 'images')
  const diskSpace = createDiskSpace({ outputDir, database: POSTGRES })
  await Promise.all(Array.from({ length: 20 }, () => diskSpace.assertFits(1)))
  expect(readdirSync(outputDir)).toEqual([])
  using disk = smallDisk(24)
  disk.setReadOnly(true)
  const shut = createDiskSpace({ outputDir: join(disk.path, 'images'), database: POSTGRES })
  const words = refusal('Nothing can be written to the output folder')
  await expect(shut.assertFits(0)).rejects.toMatchObject(words)
  await expect(shut.free()).rejects.toMatchObject(words)
  disk.setReadOnly(false)
  await expect(shut.assertFits(0)).resolves.toBeUndefined() // a bad answer is not kept
})

test('a disk that takes no file at all is full, whatever it says is free', async () => {
  using disk = smallDisk(24)
  disk.takeInodes()
  const diskSpace = createDiskSpace({ outputDir: disk.path, database: POSTGRES })
  await expect(diskSpace.assertFits(0)).rejects.toMatchObject(
    refusal('The disk of the output folder is full'),
  )
})
