import { expect, test } from 'vitest'
import { query, type Db } from '../../src/db/db.ts'
import type { EntryTable } from '../../src/db/schema/ledger.ts'
import {
  countTransactions,
  listTransactions,
  type PageRequest,
  type TransactionFilter,
  type TransactionPage,
} from '../../src/usage/transactions.ts'
import { ACCOUNT, temporaryHome } from '../support/app.ts'
import { onEachEngine } from '../support/engines.ts'
import { fillAccount } from '../support/large-account.ts'

const NOW = Date.UTC(2026, 1, 28, 14, 21)
const COUNT = 1_200
const SIZE = 37

const FILTERS: readonly TransactionFilter[] = [
  { model: 'fal-ai/model-3' },
  { model: 'fal-ai/model-none' },
  { operation: 'generateImage', modality: 'image' },
  { keyId: 'key_1' },
  { keyId: '', model: 'fal-ai/model-6' },
  { keyId: '', type: 'refund' },
  { keyId: '', type: 'generation' },
  { keyId: '', type: 'top_up' },
  { keyId: '', sessionId: 'ses_7' },
  { keyId: '', since: NOW - 90 * 86_400_000, until: NOW - 30 * 86_400_000 },
]

onEachEngine((engine) => {
  test('a listing by work has each matching entry once, in order, in pages both ways', async () => {
    using home = temporaryHome()
    await home.withLedger(async (db) => {
      await fillAccount(db, engine, { count: COUNT, nowMs: NOW })
      const entries = await db.read(() =>
        query((from) => from.selectFrom('entry').selectAll().orderBy('seq', 'desc')),
      )
      for (const filter of FILTERS) {
        const expected = entries.filter((entry) => fits(entry, filter)).map(({ id }) => id)
        expect({ filter, listed: await listed(db, filter, 'before') }).toEqual({
          filter,
          listed: expected,
        })
        expect((await listed(db, filter, 'after')).toReversed()).toEqual(expected)
        const count = await db.read(() => countTransactions(ACCOUNT, filter))
        expect({ filter, count }).toEqual({ filter, count: expected.length })
      }
    })
  })
})

const KINDS = { generation: 'capture', refund: 'refund', top_up: 'grant' } as const

function fits(entry: EntryTable, filter: TransactionFilter): boolean {
  const { type, operation, modality, model, keyId, sessionId, since = 0, until = NOW * 2 } = filter
  const pairs = [
    [type && KINDS[type], entry.kind],
    [operation, entry.operation],
    [modality, entry.modality],
    [model, entry.model],
    [keyId, entry.key_id],
    [sessionId, entry.session_id],
  ]
  const isEqual = pairs.every(([asked, found]) => asked === undefined || asked === found)
  return isEqual && entry.at >= since && entry.at < until
}

/** The ids of all pages, from the newest on, or from the oldest on. */
async function listed(db: Db, filter: TransactionFilter, way: 'before' | 'after') {
  const ids: string[] = []
  let place: number | null = way === 'before' ? Number.MAX_SAFE_INTEGER : 0
  while (place !== null) {
    const request: PageRequest = { ...filter, limit: SIZE, [way]: place }
    const page: TransactionPage = await db.read(() => listTransactions(ACCOUNT, request))
    const found = page.transactions.map(({ id }) => id)
    ids.push(...(way === 'before' ? found : found.toReversed()))
    place = way === 'before' ? page.next : page.previous
  }
  return ids
}
