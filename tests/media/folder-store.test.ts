import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { describe, expect, test } from 'vitest'
import { folderStore } from '../../src/media/folder-store.ts'
import { NotStoredError, StoreFaultError } from '../../src/media/output-store.ts'
import { temporaryFolder } from '../support/databases.ts'
import { storeContract } from '../support/store-contract.ts'

describe('a folder', () => {
  storeContract(async () => folderStore(temporaryFolder().path))
})

test('a folder that is gone is a fault, a file that is gone is not there, and neither is a folder', async () => {
  using folder = temporaryFolder()
  const dir = join(folder.path, 'images')
  const store = folderStore(dir)
  await expect(store.open('a.png')).rejects.toBeInstanceOf(StoreFaultError)
  mkdirSync(join(dir, 'sub'), { recursive: true })
  await expect(store.open('a.png')).rejects.toBeInstanceOf(NotStoredError)
  await expect(store.open('sub')).rejects.toBeInstanceOf(NotStoredError)
})

test('the absolute path of an older version is found where it was, else by its name in the folder', async () => {
  using folder = temporaryFolder()
  using other = temporaryFolder()
  const path = join(other.path, 'a.png')
  const store = folderStore(folder.path)
  const read = async () => (await buffer((await store.open(path)).content)).toString()
  writeFileSync(join(folder.path, 'a.png'), 'moved')
  writeFileSync(path, 'where it was')
  expect(await read()).toBe('where it was')
  rmSync(path)
  expect(await read()).toBe('moved')
})

test('a local path below the folder is a path of the store', () => {
  const store = folderStore('/data/images')
  expect(store.localPath('icons/a.png')).toBe('/data/images/icons/a.png')
  expect(store.pathOf('/data/images/icons/a.png')).toBe('icons/a.png')
  expect(store.pathOf('/elsewhere/a.png')).toBe('/elsewhere/a.png')
  expect(store.pathOf('https://host.example/a.png')).toBeNull()
})
