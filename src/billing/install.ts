import { crypto } from '../crypto.ts'
import { one, type Unit } from '../db/db.ts'

/** What tells this ledger from others that share a Stripe account: random, and made with its first use. */
export function* installId(): Unit<string> {
  const known = yield* read()
  if (known !== undefined) return known
  const made = crypto().randomBytes(8).toString('hex')
  yield () => ({
    sql: `insert into ledger_info (name, value) values ('install', '${made}') on conflict (name) do nothing`,
    parameters: [],
  })
  return one([yield* read()].filter((id) => id !== undefined))
}

function* read(): Unit<string | undefined> {
  const [row] = yield () => ({
    sql: `select value from ledger_info where name = 'install'`,
    parameters: [],
  })
  return row === undefined ? undefined : String(row['value'])
}
