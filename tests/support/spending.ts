import { createAccount } from '../../src/accounts/accounts.ts'
import { openSession } from '../../src/accounts/sessions.ts'
import { bindMode } from '../../src/ledger/metadata.ts'
import { capture, hold } from '../../src/ledger/ledger.ts'
import { CATALOG } from '../../src/pricing/catalog.ts'

import type { Home } from './app.ts'
import { holdOf, NO_CAPS } from './holds.ts'

const DAY_MS = 86_400_000

/** Opens an account that has been there for a year. */
export async function oldAccount(home: Home, name: string): Promise<string> {
  return await home.withLedger(async (db) => {
    await db.write(() => bindMode('test'))
    return (await db.write(() => createAccount(name, Date.now() - 365 * DAY_MS))).id
  })
}

/** One charge: how many UTC days ago, for which model, and who asked. */
export type Charge = { daysAgo: number; model: string; keyId?: string; session?: string }

/** Books charges of an account, oldest first, each at its list price. Answers the ids of the sessions by their names. A further series of charges needs a letter of its own for its ids. */
export async function charge(
  home: Home,
  accountId: string,
  charges: readonly Charge[],
  series = '0',
): Promise<Map<string, string>> {
  const sessions = new Map<string, string>()
  await home.withLedger(async (db) => {
    for (const [place, { daysAgo, model, keyId = '', session = 'agent' }] of charges.entries()) {
      const noon = new Date().setUTCHours(12, 0, 0, 0)
      const at = noon - daysAgo * DAY_MS - (charges.length - place) * 1_000
      const { id: sessionId } = await db.write(() =>
        openSession({ accountId, name: session, budget: 2_000_000 }, at),
      )
      sessions.set(session, sessionId)
      const listed = CATALOG.find((one) => one.id === model)
      if (listed === undefined) throw new Error(`${model} is not in the catalogue`)
      const { price, operation, modality } = listed
      const id = `gen_${accountId.slice(-6)}${String(place).padStart(6, series)}`
      const request = holdOf({
        id,
        amount: price,
        account_id: accountId,
        session_id: sessionId,
        key_id: keyId,
        created_at: at,
        model,
        operation,
        modality,
      })
      await db.write(() => hold(request, NO_CAPS))
      await db.write(() => capture(id, price, at))
    }
  })
  return sessions
}
