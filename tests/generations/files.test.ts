import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { findAsset } from '../../src/generations/generation.ts'
import { folderStore } from '../../src/media/folder-store.ts'
import { StoreFaultError, type OutputStore } from '../../src/media/output-store.ts'
import { SaveFaultError, saveOutput } from '../../src/media/save.ts'
import { onEachEngine } from '../support/engines.ts'
import { pictures, promptly, scripted } from '../support/slow-provider.ts'
import { temporaryFolder } from '../support/databases.ts'
import { paidApp, type PaidApp } from './paid-app.ts'

const live = new AbortController().signal

/** Pays for one picture, and finds its row. */
async function made(paid: PaidApp) {
  const { generation } = await paid.pay()
  const find = (of: PaidApp = paid) =>
    of.app.db.read(() => findAsset('acct_local', generation.id, Date.now()))
  return { generation, find, asset: await find() }
}

onEachEngine(() => {
  test('rows keep a path below the folder, so that it can be mounted elsewhere', async () => {
    using place = temporaryFolder()
    const [before, after] = ['before', 'after'].map((name) => join(place.path, name, 'images'))
    if (before === undefined || after === undefined) throw new Error('two folders')
    await using paid = paidApp(scripted(promptly), { env: { INKWELL_OUTPUT_DIR: before } })
    const { find, asset } = await made(paid)
    expect(asset.path).toMatch(/^gen_[0-9a-f]+-1\.png$/)
    const bytes = await paid.app.generations.files.read(asset, 'x', live)
    mkdirSync(join(after, '..'))
    renameSync(before, after)
    const env = { INKWELL_OUTPUT_DIR: after }
    await using moved = paidApp(scripted(promptly), { home: paid.home, env })
    const { files } = moved.app.generations
    expect(await files.read(await find(moved), 'x', live)).toEqual(bytes)
    expect(files.localPath(asset)).toBe(join(after, asset.path))
  })

  test('the paths that an older version wrote are rewritten by the server whose folder they are in', async () => {
    await using paid = paidApp(scripted(promptly))
    const { find, asset } = await made(paid)
    const { outputDir } = paid.app.config
    const before = `update asset set store = null, path = '${join(outputDir, asset.path)}'`
    await paid.app.db.write(function* age() {
      yield () => ({ sql: before, parameters: [] })
    })
    using elsewhere = temporaryFolder()
    const env = { INKWELL_OUTPUT_DIR: elsewhere.path }
    await using other = paidApp(scripted(promptly), { home: paid.home, env })
    expect(await find(other)).toMatchObject({ store: null, path: join(outputDir, asset.path) })
    await using own = paidApp(scripted(promptly), { home: paid.home })
    expect(await find(own)).toMatchObject({ store: 'folder', path: asset.path })
  })

  test('a file that is gone is an alarm, and no invitation to pay again', async () => {
    await using paid = paidApp(scripted(promptly))
    const { asset, find } = await made(paid)
    const { files } = paid.app.generations
    rmSync(join(paid.app.config.outputDir, asset.path))
    const refusal = await files.read(await find(), asset.id, live).catch((error: unknown) => error)
    expect(refusal).toMatchObject({
      code: 'not_found',
      message: `The file of ${asset.id} is not where it was stored.`,
      hint: expect.stringMatching(/^It stays paid, .* ask the operator/) as unknown,
    })
    expect(JSON.stringify(refusal)).not.toMatch(/make|again|another image/i)
    expect(paid.lines).toContainEqual({
      level: 'error',
      event: 'file.lost',
      fields: { asset: asset.id, store: 'folder', path: asset.path },
    })
    rmSync(paid.app.config.outputDir, { recursive: true })
    await expect(files.read(asset, asset.id, live)).rejects.toMatchObject({
      code: 'ledger_unavailable',
      retryable: true,
    })
  })

  test('a small copy is made once, and kept beside the file', async () => {
    await using paid = paidApp(scripted(promptly))
    const { asset } = await made(paid)
    const { files } = paid.app.generations
    const first = await files.preview(asset, 512)
    const copy = join(paid.app.config.outputDir, '.previews', asset.id)
    expect(first?.bytes).toEqual(readFileSync(copy))
    writeFileSync(join(paid.app.config.outputDir, asset.path), 'changed')
    expect(await files.preview(asset, 512)).toEqual(first)
    await expect(files.preview(asset, 300)).rejects.toMatchObject({ code: 'input_unreadable' })
    await files.remove(asset)
    await expect(files.preview(asset, 512)).rejects.toMatchObject({ code: 'not_found' })
  })

  test('an output is saved once its store has it, and a store that fails has not', async () => {
    using place = temporaryFolder()
    const folder = folderStore(place.path)
    const [output] = pictures(1).outputs
    const save = (put: OutputStore['put']) =>
      saveOutput(output ?? { bytes: Buffer.of() }, { store: { ...folder, put }, name: 'made' })
    let isStored = false
    await save(async (file) => {
      await setTimeout(50)
      await folder.put(file)
      isStored = true
    })
    expect(isStored).toBe(true)
    const failing = save(() => Promise.reject(new StoreFaultError(new Error('down'))))
    await expect(failing).rejects.toBeInstanceOf(SaveFaultError)
  })

  test('a file is found by its own account only', async () => {
    await using paid = paidApp(scripted(promptly))
    const { asset, generation } = await made(paid)
    const { db, now } = paid.app
    for (const id of [asset.id, generation.id])
      await expect(db.read(() => findAsset('acct_other', id, now()))).rejects.toMatchObject({
        code: 'not_found',
      })
  })
})
