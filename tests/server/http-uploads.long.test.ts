import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { query } from '../../src/db/db.ts'
import { plainPicture, temporaryHome, type Home, type Settings } from '../support/app.ts'
import {
  bearer,
  connectPinned,
  issued,
  openedAccount,
  serveHttp,
  type HttpServer,
  type Json,
} from '../support/http.ts'
import { smallDisk } from '../support/small-disk.ts'

const DAY = 24 * 60 * 60_000
/** Whole uploads of the picture that the quota takes. */
const FIT = 7

let home: Home
let picture: Buffer
let quota: number
let settings: Settings
beforeAll(async () => {
  home = temporaryHome()
  picture = readFileSync(await plainPicture(home))
  quota = FIT * picture.length + 1
  settings = {
    INKWELL_MAX_UPLOAD_BYTES: String(quota),
    INKWELL_MAX_CALLS_PER_MINUTE: '999999',
  }
})
afterAll(() => home[Symbol.dispose]())

const keyOf = async (name: string) => {
  const accountId = await openedAccount(home, name)
  return { accountId, key: (await issued(home, accountId)).key }
}

async function upload(server: HttpServer, key: string) {
  const answer = await fetch(`${server.url}/v1/assets`, {
    method: 'POST',
    headers: { ...bearer(key), 'content-type': 'image/png' },
    body: picture,
  })
  return { status: answer.status, body: (await answer.json()) as Json }
}

async function uploaded(server: HttpServer, key: string): Promise<string> {
  const { status, body } = await upload(server, key)
  expect(status).toBe(201)
  return String(body['id'])
}

/** Dates the uploads of an account back: no test sets the clock of a database. */
const age = (accountId: string, days: number) =>
  home.withLedger((db) =>
    db.write(() =>
      query((sql) =>
        sql
          .updateTable('asset')
          .set(({ eb }) => ({
            created_at: eb('created_at', '-', days * DAY),
            used_at: eb('used_at', '-', days * DAY),
          }))
          .where('account_id', '=', accountId)
          .where('generation_id', 'is', null),
      ),
    ),
  )

const cutOut = async (server: HttpServer, key: string, image: string) => {
  await using client = await connectPinned(server, key)
  return await client.call('removeBackground', { image, model: 'local/cutout', preview: false })
}

const rowsOf = (accountId: string) =>
  home.withLedger((db) =>
    db.read(() =>
      query((sql) =>
        sql
          .selectFrom('asset')
          .select(['id', 'path', 'used_at'])
          .where('account_id', '=', accountId)
          .where('generation_id', 'is', null)
          .orderBy('id'),
      ),
    ),
  )

test('sixty uploads at once, on two servers, do not pass the quota of their account', async () => {
  const { accountId, key } = await keyOf('Ada')
  await using first = await serveHttp(home, settings)
  await using second = await serveHttp(home, settings)
  const files = home.outputs().length
  const answers = await Promise.all(
    Array.from({ length: 60 }, (_, place) => upload(place % 2 === 0 ? first : second, key)),
  )
  expect(answers.filter(({ status }) => status === 201)).toHaveLength(FIT)
  const refused = answers.filter(({ status }) => status === 413)
  expect(refused).toHaveLength(60 - FIT)
  const used = FIT * picture.length
  const words = `Uploads of this account use ${used} of ${quota} bytes`
  for (const { body } of refused.slice(-1)) {
    expect(body).toMatchObject({
      success: false,
      error: { code: 'invalid_input', status: 413, hint: expect.stringContaining('7 days') },
    })
    expect(body['message']).toContain(words)
    expect(body['message']).toContain(`this file of ${picture.length} bytes does not fit`)
  }
  expect(await rowsOf(accountId)).toHaveLength(FIT)
  expect(home.outputs()).toHaveLength(files + FIT) // what was refused left no file
  const other = await keyOf('Eve')
  expect((await upload(first, other.key)).status).toBe(201) // each account has a quota of its own
})

test('an upload unused for 7 days expires with a clear message and frees its quota', async () => {
  const { accountId, key } = await keyOf('Bo')
  await using server = await serveHttp(home, settings)
  const ids = await Promise.all(Array.from({ length: FIT }, () => uploaded(server, key)))
  const [unused = '', used = ''] = ids
  await age(accountId, 6.5)
  expect((await upload(server, key)).status).toBe(413)
  expect((await cutOut(server, key, used)).isError).not.toBe(true)
  await age(accountId, 0.6)
  const gone = await server.json(`/v1/assets/${unused}`, key)
  expect(gone).toMatchObject({ status: 404, body: { error: { code: 'not_found' } } })
  expect(gone.body['message']).toMatch(
    /^This upload expired on \d{4}-\d\d-\d\d: no tool used it for 7 days\.$/,
  )
  const refused = (await cutOut(server, key, unused)).structuredContent
  expect(refused).toMatchObject({
    error: { code: 'not_found', message: expect.stringContaining('expired on') },
  })
  expect((await server.get(`/v1/assets/${used}`, key)).status).toBe(200)

  const before = await rowsOf(accountId)
  expect(before).toHaveLength(FIT)
  expect(before.filter(({ used_at }) => used_at !== null).map(({ id }) => id)).toEqual([used])
  const fresh = await uploaded(server, key)
  const left = await rowsOf(accountId)
  expect(left.map(({ id }) => id)).toEqual([used, fresh].toSorted())
  for (const { id, path } of before)
    expect(existsSync(join(home.path, 'images', path))).toBe(id === used)
  const forgotten = await server.json(`/v1/assets/${unused}`, key)
  expect(forgotten.body).toMatchObject({
    error: { code: 'not_found', hint: expect.stringContaining('7 days expires') },
  })
})

test('/readyz and uploads say so when nothing can be stored, and come back by themselves', async () => {
  using disk = smallDisk(40)
  const { accountId, key } = await keyOf('Di')
  const env = { ...settings, INKWELL_OUTPUT_DIR: join(disk.path, 'images') }
  await using server = await serveHttp(home, env)
  expect((await server.json('/readyz')).status).toBe(200)
  disk.fill()
  await sleep(1_100) // a good answer counts for a second
  const message =
    /^The disk of the output folder (is full|has .* free of the 16 MiB that are needed); nothing/
  expect(await server.json('/readyz')).toMatchObject({
    status: 503,
    body: {
      success: false,
      error: { code: 'ledger_unavailable', status: 503, message: expect.stringMatching(message) },
    },
  })
  expect((await server.get('/healthz')).status).toBe(200)
  expect(await upload(server, key)).toMatchObject({
    status: 503,
    body: { error: { code: 'ledger_unavailable', hint: expect.stringContaining('frees space') } },
  })
  expect(await rowsOf(accountId)).toEqual([])
  disk.free()
  expect((await server.json('/readyz')).status).toBe(200)
  expect((await upload(server, key)).status).toBe(201)
})
