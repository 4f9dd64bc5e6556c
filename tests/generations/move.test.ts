import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { query } from '../../src/db/db.ts'
import { erase } from '../../src/generations/erase.ts'
import { createFiles } from '../../src/generations/files.ts'
import { moveFiles } from '../../src/generations/move.ts'
import { removeAllCopies } from '../../src/generations/remove-copies.ts'
import { folderStore } from '../../src/media/folder-store.ts'
import type { OutputStore } from '../../src/media/output-store.ts'
import { temporaryFolder } from '../support/databases.ts'
import { onEachEngine } from '../support/engines.ts'
import { promptly, scripted } from '../support/slow-provider.ts'
import { paidApp } from './paid-app.ts'

/** An app with some files, and a second store beside its folder. */
async function placed(count: number, change: Partial<OutputStore> = {}) {
  const paid = paidApp(scripted(promptly))
  const place = temporaryFolder()
  for (let made = 0; made < count; made += 1) await paid.pay({ prompt: `picture ${made}` })
  const { db, log, config, pruning, meter } = paid.app
  const folder = folderStore(config.outputDir)
  const to: OutputStore = { ...folderStore(place.path), name: 'other', ...change }
  const both = [folder, to]
  const stores = {
    current: to,
    named: (name: string | null) => both.find((s) => s.name === name) ?? null,
  }
  const fetchAgain = async () => false
  const files = createFiles({ stores, keep: config.keep, fetchAgain, log, meter })
  const named = (dir: string) =>
    existsSync(dir) ? readdirSync(dir).filter((name) => name.startsWith('gen_')) : []
  return {
    paid,
    db,
    config,
    stores,
    pruning: { ...pruning, files },
    move: () => moveFiles({ db, log, stores, to }),
    rows: () => db.read(() => query((from) => from.selectFrom('asset').selectAll().orderBy('id'))),
    here: () => named(config.outputDir),
    there: () => named(place.path),
    [Symbol.asyncDispose]: async () => {
      await paid[Symbol.asyncDispose]()
      place[Symbol.dispose]()
    },
  }
}

onEachEngine(() => {
  test('the old copy stays and is known, until it is asked to go or its file is removed', async () => {
    await using placing = await placed(2)
    expect(await placing.move()).toMatchObject({ moved: 2, missing: 0, damaged: 0 })
    expect([placing.here().length, placing.there().length]).toEqual([2, 2])
    const [first, second] = await placing.rows()
    expect(JSON.parse(first?.former ?? '')).toEqual([{ store: 'folder', path: first?.path }])
    await erase(placing.pruning, { accountId: 'acct_local', id: first?.id ?? '' })
    expect([placing.here(), placing.there()]).toEqual([[second?.path], [second?.path]])
    expect(await removeAllCopies(placing.db, placing.stores)).toMatchObject({ left: [] })
    expect([placing.here(), placing.there()]).toEqual([[], [second?.path]])
    expect((await placing.rows())[1]).toMatchObject({ store: 'other', former: null })
  })

  test('a file that another move has switched meanwhile stays where its row says', async () => {
    using place = temporaryFolder()
    const other = folderStore(place.path)
    let switched = async (): Promise<void> => {}
    await using placing = await placed(1, {
      ...other,
      name: 'other',
      put: async (file) => {
        await other.put(file)
        await switched()
      },
    })
    switched = async () => {
      await placing.db.write(() => query((db) => db.updateTable('asset').set({ store: 'other' })))
    }
    expect(await placing.move()).toMatchObject({ moved: 1, missing: 0, damaged: 0 })
    const [row] = await placing.rows()
    expect(existsSync(join(place.path, row?.path ?? ''))).toBe(true)
  })

  test('a file that is not as it was made, or is not after its copy, stays where it is', async () => {
    await using damaged = await placed(1)
    const [row] = await damaged.rows()
    writeFileSync(join(damaged.config.outputDir, row?.path ?? ''), 'changed')
    expect(await damaged.move()).toMatchObject({ moved: 0, damaged: 1 })
    using place = temporaryFolder()
    const broken = folderStore(place.path)
    await using breaking = await placed(1, {
      ...broken,
      name: 'other',
      put: (file) => broken.put({ ...file, content: Buffer.from('half') }),
    })
    expect(await breaking.move()).toMatchObject({ moved: 0, damaged: 1 })
    for (const each of [damaged, breaking])
      expect((await each.rows())[0]).toMatchObject({ store: 'folder', former: null })
  })

  test('a file that moves while it is erased is removed at both places', async () => {
    await using placing = await placed(1)
    const { pruning } = placing
    let moved: unknown
    const remove: typeof pruning.files.remove = async (file) => {
      moved ??= await placing.move()
      return await pruning.files.remove(file)
    }
    const crossing = { ...pruning, files: { ...pruning.files, remove } }
    const erased = await erase(crossing, { accountId: 'acct_local' })
    expect(moved).toMatchObject({ moved: 1 })
    expect(erased).toMatchObject({ files: 1 })
    expect([placing.here(), placing.there()]).toEqual([[], []])
  })

  test('a file that is erased while it moves is left nowhere', async () => {
    let erasing = async (): Promise<unknown> => undefined
    using place = temporaryFolder()
    const other = folderStore(place.path)
    await using placing = await placed(1, {
      ...other,
      name: 'other',
      put: async (file) => {
        await other.put(file)
        await erasing()
      },
    })
    erasing = () => erase(placing.pruning, { accountId: 'acct_local' })
    expect(await placing.move()).toMatchObject({ moved: 0, missing: 1 })
    expect([placing.here(), readdirSync(place.path).filter((n) => n.startsWith('gen_'))]).toEqual([
      [],
      [],
    ])
  })
})
