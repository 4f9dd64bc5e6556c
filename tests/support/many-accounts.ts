import type { Db, TransactionBody } from '../../src/db/db.ts'
import { FILL_MONTH_SUMS, FILL_SESSION_SUMS } from '../../src/db/migrations/0008-page.ts'
import { bindMode } from '../../src/ledger/metadata.ts'
import { DAY_MS, dayOf } from '../../src/ledger/rules.ts'
import type { EngineName } from './databases.ts'

/** Charges of each account, every third day of the last thirty, and models. */
const CHARGES = 10
const MODELS = 6
/** Rows that are written at once: a statement on PostgreSQL may take ten seconds. */
const CHUNK = 20_000
const PRICE = 1_000
const GRANT = 5_000_000

/** The id of an account that `fillAccounts` makes. */
export function accountAt(place: number): string {
  return `acct_${10 ** 7 + place}`
}

/**
 * Fills an empty ledger with accounts that work alike: each with a key, charges over the last thirty days, their costs,
 * a refused call, work that failed, and an act of the operator. Only what the operator's page reads is written.
 */
export async function fillAccounts(
  db: Db,
  engine: EngineName,
  { count, nowMs }: { count: number; nowMs: number },
): Promise<void> {
  const run = (sql: string) =>
    db.write(function* once(): TransactionBody<void> {
      yield () => ({ sql, parameters: [] })
    })
  await db.write(() => bindMode('test'))
  for (let first = 0; first < count; first += CHUNK)
    for (const sql of ofAccounts({ first, end: Math.min(count, first + CHUNK), nowMs }))
      await run(sql)
  for (let first = 0; first < count * CHARGES; first += CHUNK)
    await run(charges({ first, end: Math.min(count * CHARGES, first + CHUNK), nowMs }))
  for (const sql of [FILL_SESSION_SUMS, FILL_MONTH_SUMS, ...SUMS]) await run(sql)
}

type Chunk = { first: number; end: number; nowMs: number }

const numbers = ({ first, end }: Chunk): string =>
  `with recursive number(i) as (select cast(${first} as bigint) union all select i + 1 from number where i < ${end - 1})`

function ofAccounts(chunk: Chunk): string[] {
  const { nowMs } = chunk
  const at = nowMs - 3_600_000
  return [
    `insert into account (id, name, created_at, available, spent, granted, entries) ${numbers(chunk)}
      select 'acct_' || (${10 ** 7} + i), 'Account ' || (i * 7919 % 10007), ${nowMs - 60 * DAY_MS},
        ${GRANT} - ${CHARGES * PRICE}, ${CHARGES * PRICE}, ${GRANT}, ${CHARGES + 1} from number`,
    `insert into entry ${numbers(chunk)} select 'acct_' || (${10 ** 7} + i), 1, 'txn_grant_' || i, 'grant', 'acct_' || i,
      ${nowMs - 60 * DAY_MS}, '${dayOf(nowMs - 60 * DAY_MS)}', 'grants', 'customer', ${GRANT}, ${GRANT}, 0, 'credits',
      null, null, null, null, null, null from number`,
    `insert into api_key (id, account_id, hash, prefix, scopes, created_at) ${numbers(chunk)}
      select 'key_' || i, 'acct_' || (${10 ** 7} + i), 'hash ' || i, 'ink_', 'generate', ${nowMs} from number`,
    `insert into refused_call ${numbers(chunk)} select 'ref_' || i, 'acct_' || (${10 ** 7} + i), '', '', 'generateImage', 'm',
      'code_' || (i % 8), 'no', 1, 1, ${at}, ${at} - i from number`,
    `insert into generation (id, account_id, status, request, remarks, lease_owner, lease_until, created_at, finished_at, error)
      ${numbers(chunk)} select 'gen_failed_' || i, 'acct_' || (${10 ** 7} + i), 'failed', '{}', '{}', '', 0, ${at}, ${at} - i,
      '{"code":"no_output","message":"no"}' from number`,
    `insert into hold ${numbers(chunk)} select 'gen_failed_' || i, 'acct_' || (${10 ** 7} + i), '', '', 'f', 'released', 'credits',
      ${PRICE}, 0, 'generateImage', 'm', 'image', 'fal.ai', '${dayOf(at)}', ${at}, ${at}, ${at}, null from number`,
    `insert into audit (id, at, author, action, account_id) ${numbers(chunk)}
      select 'aud_' || (${10 ** 7} + i), ${at}, 'ops', 'accounts.update', 'acct_' || (${10 ** 7} + i) from number`,
  ]
}

/** Charge `i` is the next one of account `i / CHARGES`. */
function charges(chunk: Chunk): string {
  const days = Array.from({ length: CHARGES }, (_, n) => {
    const at = Date.parse(dayOf(chunk.nowMs - 3 * n * DAY_MS))
    return `(${n}, '${dayOf(at)}', cast(${at} as bigint))`
  })
  return `insert into entry ${numbers(chunk)}, days(n, day, at) as (values ${days.join(', ')})
    select 'acct_' || (${10 ** 7} + i / ${CHARGES}), ${CHARGES + 1} - n, 'gen_' || (${10 ** 8} + i), 'capture', 'gen_' || (${10 ** 8} + i),
      at, day, 'customer', 'revenue', ${PRICE}, 0, 0, 'credits', 'generateImage', 'fal-ai/model-' || (i * 13 % ${MODELS}), 'image',
      'fal.ai', 'ses_' || (i / ${CHARGES}), 'key_' || (i / ${CHARGES})
    from number join days on n = i % ${CHARGES}`
}

const SUMS = [
  `insert into usage_day select account_id, day, key_id, model, operation, modality, billing, sum(count), sum(amount)
    from usage_session_day group by 1, 2, 3, 4, 5, 6, 7`,
  `insert into upstream_day select day, account_id, model, sum(count), sum(amount) / 2, 0, 0, 0
    from usage_day group by 1, 2, 3`,
]
