import { existsSync } from 'node:fs'
import { join } from 'node:path'
import sharp from 'sharp'
import { expect, test } from 'vitest'
import { findAsset } from '../../src/generations/generation.ts'
import {
  storeUpload,
  UploadQuotaError,
  noteUse,
  type UploadDeps,
} from '../../src/generations/upload.ts'
import { onEachEngine } from '../support/engines.ts'
import { promptly, scripted } from '../support/slow-provider.ts'
import { paidApp, type PaidApp } from './paid-app.ts'

const DAY = 24 * 60 * 60_000
const WEEK = 7 * DAY

const picture = await sharp({
  create: { width: 8, height: 8, channels: 3, background: '#808080' },
})
  .png()
  .toBuffer()

/** Uploads into an app, at a time that the test sets. */
function uploader(paid: PaidApp, quota: number) {
  const { app } = paid
  const { log, db, generations } = app
  const clock = { at: Date.UTC(2026, 0, 10) }
  const deps: UploadDeps = {
    db,
    log,
    diskSpace: generations.diskSpace,
    files: generations.files,
    now: () => clock.at,
    quota,
  }
  return {
    clock,
    isThere: (path: string) => existsSync(join(app.config.outputDir, path)),
    upload: (own: Partial<UploadDeps> = {}) =>
      storeUpload({ ...deps, ...own }, app.localCaller('uploads'), picture),
    find: (id: string) => db.read(() => findAsset('acct_local', id, clock.at)),
    use: async (id: string) => {
      const asset = await db.read(() => findAsset('acct_local', id, clock.at))
      await noteUse(deps, asset)
      return asset
    },
  }
}

const EXPIRED = { code: 'not_found', message: expect.stringContaining('expired on') as unknown }

onEachEngine(() => {
  test('of sixty uploads at once as many are stored as the quota takes, to the byte', async () => {
    await using paid = paidApp(scripted(promptly))
    const { upload } = uploader(paid, 9 * picture.length)
    const ended = await Promise.allSettled(Array.from({ length: 60 }, () => upload()))
    const refusals = ended.flatMap((each) => (each.status === 'rejected' ? [each.reason] : []))
    expect(refusals).toHaveLength(51)
    for (const refusal of refusals) expect(refusal).toBeInstanceOf(UploadQuotaError)
    expect(paid.files()).toHaveLength(9)
  })

  test('an upload expires after seven days, and its last use counts', async () => {
    await using paid = paidApp(scripted(promptly))
    const { clock, upload, find, use } = uploader(paid, 1e9)
    const { id } = await upload()
    const began = clock.at
    clock.at = began + WEEK - 1
    await expect(find(id)).resolves.toMatchObject({ id, used_at: null })
    clock.at = began + WEEK
    await expect(find(id)).rejects.toMatchObject(EXPIRED)
    await expect(use(id)).rejects.toMatchObject(EXPIRED)
    clock.at = began + 5 * DAY
    await use(id)
    clock.at += 30 * 60_000
    await use(id) // within the hour: not written again
    clock.at = began + 5 * DAY + WEEK - 1
    await expect(find(id)).resolves.toMatchObject({ id, used_at: began + 5 * DAY })
    clock.at += 1
    await expect(find(id)).rejects.toMatchObject(EXPIRED)
  })

  test('what has expired counts for nothing, and goes fifty at a time with the next uploads', async () => {
    await using paid = paidApp(scripted(promptly))
    const { clock, upload, isThere } = uploader(paid, 1e9)
    const old = []
    for (let number = 0; number < 60; number += 1) old.push(await upload())
    clock.at += WEEK
    const oneOnly = { quota: picture.length }
    const { path } = await upload(oneOnly)
    expect(old.filter((each) => isThere(each.path))).toHaveLength(10)
    await expect(upload(oneOnly)).rejects.toBeInstanceOf(UploadQuotaError)
    expect(old.filter((each) => isThere(each.path))).toEqual([])
    expect(isThere(path)).toBe(true)
  })

  test('generated files never expire, whatever their age', async () => {
    await using paid = paidApp(scripted(promptly))
    const { generation } = await paid.pay()
    const { clock, find, upload, isThere } = uploader(paid, 1e9)
    clock.at = Date.now() + 400 * DAY
    await upload() // removes what has expired
    const [asset] = generation.assets
    expect(await find(asset?.id ?? '')).toMatchObject({ generation_id: generation.id })
    expect(isThere(asset?.path ?? '')).toBe(true)
  })
})
