import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { setTimeout } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { NotStoredError, type OutputStore } from '../../src/media/output-store.ts'

const bytes = Buffer.from('0123456789')

/** What every store does. `open` returns a new, empty one. */
export function storeContract(open: () => Promise<OutputStore>): void {
  const put = async (store: OutputStore, path: string, content: Uint8Array = bytes) =>
    await store.put({ path, mimeType: 'image/png', content })
  const read = async (store: OutputStore, path: string, range?: { start: number; end: number }) => {
    const opened = await store.open(path, range)
    return { bytes: opened.bytes, text: (await buffer(opened.content)).toString() }
  }
  const listed = async (store: OutputStore, start: string) => {
    const paths: string[] = []
    for await (const path of store.list(start)) paths.push(path)
    return paths.toSorted()
  }

  test('what is put is read whole and in parts, and an older file of its name is replaced', async () => {
    const store = await open()
    await put(store, 'a-1.png', Buffer.from('older and longer than the other'))
    await put(store, 'a-1.png')
    expect(await read(store, 'a-1.png')).toEqual({ bytes: 10, text: '0123456789' })
    expect(await read(store, 'a-1.png', { start: 2, end: 4 })).toEqual({ bytes: 10, text: '234' })
    expect(await read(store, 'a-1.png', { start: 9, end: 9 })).toEqual({ bytes: 10, text: '9' })
  })

  test('a staged file is taken away, and a name with odd characters is one name', async () => {
    const store = await open()
    const file = join(store.staging, 'staged.tmp')
    writeFileSync(file, bytes)
    const path = 'icons/Ärger + 100% #1.png'
    await store.put({ path, mimeType: 'image/png', content: { file, bytes: bytes.length } })
    await expect(store.open('staged.tmp')).rejects.toBeInstanceOf(NotStoredError)
    expect((await read(store, path)).text).toBe('0123456789')
    expect(await listed(store, 'icons/')).toEqual([path])
    await store.remove(path)
    await expect(store.open(path)).rejects.toBeInstanceOf(NotStoredError)
  })

  test('content that is checked meanwhile has its name once the check is done, and never if it fails', async () => {
    const store = await open()
    const checks = [Promise.withResolvers<void>(), Promise.withResolvers<void>()] as const
    const puts = checks.map(async ({ promise }, at) => {
      const path = `checked-${at}.png`
      await store.put({ path, mimeType: 'image/png', content: bytes, check: () => promise })
    })
    await setTimeout(50)
    expect(await listed(store, 'checked-')).toEqual([])
    checks[0].resolve()
    checks[1].reject(new Error('damaged'))
    const outcomes = await Promise.allSettled(puts)
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected'])
    expect(outcomes[1]).toMatchObject({ reason: new Error('damaged') })
    expect(await listed(store, 'checked-')).toEqual(['checked-0.png'])
    expect(await listed(store, '.checked-')).toEqual([]) // nothing that was staged is left
  })

  test('what was never put, or was removed, is not there; removing it again is no error', async () => {
    const store = await open()
    await put(store, 'a.png')
    await store.remove('a.png')
    await store.remove('a.png')
    for (const path of ['a.png', 'never.png', 'no/folder.png'])
      await expect(store.open(path)).rejects.toBeInstanceOf(NotStoredError)
  })

  test('a list has every path that begins so, and no other', async () => {
    const store = await open()
    for (const path of ['gen_1-1.png', 'gen_1-2.png', 'gen_10-1.png', '.previews/gen_1'])
      await put(store, path)
    expect(await listed(store, 'gen_1-')).toEqual(['gen_1-1.png', 'gen_1-2.png'])
    expect(await listed(store, '.previews/')).toEqual(['.previews/gen_1'])
    expect(await listed(store, 'nothing')).toEqual([])
  })

  test('of several puts of one path at once, one is there whole', async () => {
    const store = await open()
    const texts = ['a', 'b', 'c'].map((letter) => letter.repeat(100_000))
    await Promise.all(texts.map(async (text) => await put(store, 'a.txt', Buffer.from(text))))
    expect(texts).toContain((await read(store, 'a.txt')).text)
  })
}
