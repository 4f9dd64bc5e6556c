import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { query, type Row, type TransactionBody } from '../../src/db/db.ts'
import { findAsset, findGeneration } from '../../src/generations/generation.ts'
import { prune } from '../../src/generations/prune.ts'
import { findGenerations } from '../../src/usage/find.ts'
import { findDifference } from '../../src/verify.ts'
import { onEachEngine } from '../support/engines.ts'
import { promptly, scripted } from '../support/slow-provider.ts'
import { GRANT, paidApp, PRICE, type PaidApp } from './paid-app.ts'

const DAY = 86_400_000
const KEPT = { INKWELL_KEEP_FILES: '90d', INKWELL_KEEP_PROMPTS: '30d' }

/** An app whose clock a test moves, with one generation whose picture has a small copy. */
async function made() {
  const clock = { at: Date.UTC(2026, 0, 10) }
  const paid = paidApp(scripted(promptly), { now: () => clock.at, env: KEPT })
  const { generation } = await paid.pay({ prompt: 'a secret plan', idempotencyKey: 'once' })
  const asset = await paid.app.db.read(() => findAsset('acct_local', generation.id, clock.at))
  await paid.app.generations.files.preview(asset, 512)
  const dir = paid.app.config.outputDir
  const places = [join(dir, asset.path), join(dir, '.previews', asset.id)]
  const after = (days: number) => void (clock.at = Date.UTC(2026, 0, 10) + days * DAY)
  return { paid, after, generation, asset, isThere: () => places.map((one) => existsSync(one)) }
}

async function expectMoneyStays(paid: PaidApp): Promise<void> {
  expect(await paid.funds()).toMatchObject({ available: GRANT - PRICE, held: 0, spent: PRICE })
  expect(await paid.app.db.read(findDifference)).toBeNull()
}

const wanted = { query: 'secret plan', days: 366, limit: 10 }

onEachEngine(() => {
  test('a file is kept for its days to the end, and then told with its date and price', async () => {
    const { paid, after, generation, asset, isThere } = await made()
    await using _paid = paid
    after(89.9)
    expect(await prune(paid.app.pruning)).toMatchObject({ files: 0 })
    expect(isThere()).toEqual([true, true])
    after(90.1)
    const would = await prune(paid.app.pruning, { dryRun: true })
    expect(would).toMatchObject({ files: 1, bytes: asset.bytes })
    expect(isThere()).toEqual([true, true])
    expect(await prune(paid.app.pruning)).toMatchObject({ files: 1, bytes: asset.bytes })
    expect(isThere()).toEqual([false, false])
    expect(await prune(paid.app.pruning)).toMatchObject({ files: 0, bytes: 0, prompts: 0 })
    const find = paid.app.db.read(() => findAsset('acct_local', generation.id, Date.now()))
    await expect(find).rejects.toMatchObject({
      code: 'not_found',
      message: `The file of ${asset.id} was removed for good on 2026-04-10. It was made for $0.05 on 2026-01-10.`,
    })
    await expectMoneyStays(paid)
  })

  test('a prompt is forgotten everywhere, its price and the search for others are not', async () => {
    const { paid, after, generation } = await made()
    await using _paid = paid
    after(31)
    const { generation: other } = await paid.pay({ prompt: 'another secret plan' })
    expect(await prune(paid.app.pruning)).toMatchObject({ prompts: 1, idempotencyKeys: 0 })
    const { db } = paid.app
    const known = await db.read(() => findGeneration('acct_local', generation.id))
    expect(known).toMatchObject({ prompt: null, cost: PRICE, unitPrice: PRICE })
    const found = await db.read(() => findGenerations('acct_local', wanted, paid.app.now()))
    expect(found.map(({ id }) => id)).toEqual([other.id])
    const rows = await db.read(function* all(): TransactionBody<Row[]> {
      return yield () => ({
        sql: `select request, remarks, idempotency_key from generation where id = '${generation.id}'`,
        parameters: [],
      })
    })
    expect(JSON.stringify(rows)).not.toContain('secret')
    expect(rows).toMatchObject([{ remarks: '{}', idempotency_key: null }])
  })

  test('a file in a store that this process does not know holds up no other, and is told', async () => {
    const { paid, after, asset, isThere } = await made()
    await using _paid = paid
    await paid.pay({ prompt: 'another secret plan', count: 2 })
    const { db, pruning } = paid.app
    await db.write(() =>
      query((to) => to.updateTable('asset').set({ store: 's3://gone' }).where('id', '=', asset.id)),
    )
    after(91)
    await expect(prune(pruning)).rejects.toMatchObject({ code: 'ledger_unavailable' })
    const left = await db.read(() =>
      query((from) => from.selectFrom('asset').select('id').where('removed_at', 'is', null)),
    )
    expect(left).toEqual([{ id: asset.id }])
    expect(isThere()).toEqual([true, true])
    expect(await db.read(() => findGenerations('acct_local', wanted, paid.app.now()))).toEqual([])
  })

  test('expired sign-ins of hosts, and events that were tried for long, are dropped', async () => {
    const { paid } = await made()
    await using _paid = paid
    const { db, pruning } = paid.app
    const fill = (sql: string) =>
      db.write(function* insert() {
        yield () => ({ sql, parameters: [] })
      })
    const at = Date.UTC(2026, 0, 10)
    for (const [hash, expires] of [
      ['old', at - 1],
      ['new', at + 1],
    ])
      await fill(
        `insert into oauth_record (kind, hash, payload, expires_at) values ('x', '${hash}', '{}', ${expires})`,
      )
    for (const [id, tries, next] of [
      ['gone', 20, at - 31 * DAY],
      ['fresh', 20, at - DAY],
      ['tried', 3, at - 31 * DAY],
    ])
      await fill(
        `insert into dead_letter_event (id, tries, next_at) values ('${id}', ${tries}, ${next})`,
      )
    await prune(pruning)
    const hashes = await db.read(() =>
      query((from) => from.selectFrom('oauth_record').select('hash')),
    )
    expect(hashes).toEqual([{ hash: 'new' }])
    const ids = await db.read(() =>
      query((from) => from.selectFrom('dead_letter_event').select('id').orderBy('id')),
    )
    expect(ids).toEqual([{ id: 'fresh' }, { id: 'tried' }])
  })
})
