import { rmSync, truncateSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { rememberFiles } from '../../src/db/sqlite/same-file.ts'
import { temporaryFolder } from '../support/databases.ts'

/** Files of a ledger that were looked at just now, in a folder where nothing came or went for an hour. */
function remembered() {
  const folder = temporaryFolder()
  const file = join(folder.path, 'live.db')
  for (const part of ['', '-wal', '-shm']) writeFileSync(`${file}${part}`, 'content')
  const anHourAgo = new Date(Date.now() - 3_600_000)
  utimesSync(folder.path, anHourAgo, anHourAgo)
  const files = rememberFiles(file)
  files.checkBriefly()
  files.checkBriefly()
  return { file, ...files, [Symbol.dispose]: () => folder[Symbol.dispose]() }
}

test.each(['', '-wal', '-shm'])(
  'a file that is gone is missed 1 ms later: live.db%s',
  async (part) => {
    using ledger = remembered()
    rmSync(`${ledger.file}${part}`)
    await setTimeout(2)
    expect(ledger.checkBriefly).toThrow('was removed while it was in use')
  },
)

test('a file that was replaced is missed 1 ms later', async () => {
  using ledger = remembered()
  rmSync(`${ledger.file}-wal`)
  writeFileSync(`${ledger.file}-other`, '') // so that the new one has another number
  writeFileSync(`${ledger.file}-wal`, 'content')
  await setTimeout(2)
  expect(ledger.checkBriefly).toThrow('was replaced by another file')
})

test('a file that was cut short is missed at once, or by a brief check 10 ms later', async () => {
  using ledger = remembered()
  truncateSync(ledger.file, 0)
  expect(ledger.check).toThrow('was cut short')
  await setTimeout(15)
  expect(ledger.checkBriefly).toThrow('was cut short')
})
