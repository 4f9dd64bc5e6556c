import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { outputStore } from '../../src/config/store.ts'
import { createS3Store } from '../../src/media/s3.ts'
import { StoreFaultError } from '../../src/media/output-store.ts'
import { temporaryFolder } from '../support/databases.ts'
import { KEYS, startSwift, type Swift } from '../support/swift.ts'
import { storeContract } from '../support/store-contract.ts'
import { storeProxy } from '../support/store-proxy.ts'

let swift: Swift
const folder = temporaryFolder()
const keys = {
  accessKeyId: KEYS.AWS_ACCESS_KEY_ID,
  secretAccessKey: KEYS.AWS_SECRET_ACCESS_KEY,
}

beforeAll(async () => {
  swift = await startSwift()
})

afterAll(async () => {
  await swift[Symbol.asyncDispose]()
  folder[Symbol.dispose]()
})

let buckets = 0

async function open(own: Partial<typeof keys> = {}) {
  const bucket = outputStore(await swift.bucket(`bucket-${(buckets += 1)}`), 'store')
  return createS3Store({ bucket, keys: { ...keys, ...own }, staging: folder.path })
}

describe('a bucket', () => {
  storeContract(open)
})

test('a signed link opens its file without a key, and no other; changed or expired it opens nothing', async () => {
  const store = await open()
  const path = 'icons/Ärger + 100% (1).svg'
  for (const each of [path, 'other.svg'])
    await store.put({ path: each, mimeType: 'image/svg+xml', content: Buffer.from('<svg/>') })
  const link = (await store.url(path, 900)) ?? ''
  expect(store.pathOf(link)).toBe(path)
  const answer = await fetch(link)
  expect([answer.status, await answer.text()]).toEqual([200, '<svg/>'])
  expect(answer.headers.get('content-type')).toMatch(/^image\/svg\+xml/)
  expect(answer.headers.get('content-disposition')).toBe('attachment')
  const statusOf = async (url: string) => (await fetch(url)).status
  const other = new URL((await store.url('other.svg', 900)) ?? '')
  const tampered = new URL(link)
  tampered.pathname = other.pathname
  expect(await statusOf(tampered.href)).toBe(403)
  const longer = new URL(link)
  longer.searchParams.set('X-Amz-Expires', '90000')
  expect(await statusOf(longer.href)).toBe(403)
  expect(await statusOf(link.split('?')[0] ?? '')).toBeGreaterThanOrEqual(400)
  const brief = (await store.url(path, 1)) ?? ''
  await expect.poll(() => statusOf(brief), { timeout: 10_000 }).toBe(403)
  expect(await statusOf(link)).toBe(200)
})

test('a wrong key, a bucket that is not there and a service that is down are faults, not missing files', async () => {
  const wrong = await open({ secretAccessKey: 'another' })
  const nowhere = createS3Store({
    bucket: outputStore(`s3://no-such-bucket?endpoint=${swift.origin}`, 'store'),
    keys,
    staging: folder.path,
  })
  const down = createS3Store({
    bucket: outputStore('s3://bucket?endpoint=http://127.0.0.1:9', 'store'),
    keys,
    staging: folder.path,
  })
  for (const store of [wrong, nowhere, down]) {
    await expect(store.open('a.png')).rejects.toBeInstanceOf(StoreFaultError)
    await expect(store.check()).rejects.toBeInstanceOf(StoreFaultError)
    await expect(store.list('a')[Symbol.asyncIterator]().next()).rejects.toBeInstanceOf(
      StoreFaultError,
    )
  }
})

test('a check of a service that hangs fails within two seconds, once for all, and the next one is anew', async () => {
  await using proxy = await storeProxy(swift.origin)
  const bucket = outputStore(await swift.bucket('hanging', proxy.origin), 'store')
  const store = createS3Store({ bucket, keys, staging: folder.path })
  await store.check() // loads what it needs
  const slow = createS3Store({ bucket, keys, staging: folder.path })
  proxy.weather = 'slow'
  proxy.slowMs = 60_000
  const begun = performance.now()
  const checks = [slow.check(), slow.check()]
  for (const check of checks) await expect(check).rejects.toBeInstanceOf(StoreFaultError)
  expect(performance.now() - begun).toBeLessThan(2_500)
  const again = performance.now()
  await expect(slow.check()).rejects.toBeInstanceOf(StoreFaultError)
  expect(performance.now() - again).toBeLessThan(200)
  proxy.weather = 'fair'
  await expect.poll(() => slow.check().then(() => 'fair', String), { timeout: 10_000 }).toBe('fair')
})
