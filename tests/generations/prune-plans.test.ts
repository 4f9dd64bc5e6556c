import { expect, test } from 'vitest'
import type { PendingQuery, Row, TransactionBody } from '../../src/db/db.ts'
import {
  dropKeys,
  dropMcpSessions,
  dropOAuthRecords,
  dropPageSessions,
  dropRefusals,
  dropRefusalsOf,
  keptFiles,
  rememberedAfter,
  START,
} from '../../src/generations/prune-queries.ts'
import { shortenPaths } from '../../src/generations/queries.ts'
import { temporaryHome } from '../support/app.ts'
import { onEachEngine } from '../support/engines.ts'
import { queryOf } from '../support/plans.ts'

const OLD = { before: 1_000 }

/** What pruning asks, each with the index that finds its rows. */
const ASKED: readonly [index: string, unit: () => TransactionBody<unknown>][] = [
  ['asset_kept', () => keptFiles(OLD, START)],
  ['asset_of_old_path', () => shortenPaths({ store: 'folder', below: '/x/', limit: 9 })],
  ['generation_remembered', () => rememberedAfter(OLD, START)],
  ['generation_keyed', () => dropKeys(OLD)],
  ['mcp_session_unused', () => dropMcpSessions(OLD)],
  ['oauth_record_expired', () => dropOAuthRecords({ at: 1 })],
  ['page_session_expired', () => dropPageSessions({ at: 1 })],
  ['refused_call_by_age', () => dropRefusals(OLD)],
  ['refused_call_of_account', () => dropRefusalsOf({ account_id: 'acct_1' })],
]

onEachEngine((engine) => {
  test('what is pruned is found by an index, and nothing is read to find it', async () => {
    using home = temporaryHome()
    await home.withLedger(async (db) => {
      for (const [index, unit] of ASKED) {
        const { value: asked } = unit().next() as { value: PendingQuery }
        const plan = await db.write<Row[]>(function* explain() {
          const how = engine === 'sqlite' ? 'explain query plan' : 'explain'
          if (engine === 'postgres')
            // an empty table is read whole, if it can be
            yield () => ({ sql: 'set local enable_seqscan = off', parameters: [] })
          return yield (...compiler) => {
            const { sql, parameters } = queryOf(asked, ...compiler)
            return { sql: `${how} ${sql}`, parameters }
          }
        })
        const text = plan.map((row) => Object.values(row).join(' ')).join('\n')
        expect(text).toContain(index)
        expect(text).not.toMatch(/SCAN (asset|generation)\b(?!.* USING)|Seq Scan/)
      }
    })
  })
})
