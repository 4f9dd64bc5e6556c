import { firstOrThrow, preparedQuery, type TransactionBody } from '../db/db.ts'
import { newId } from '../ids.ts'
import type { SessionTable } from '../db/schema/accounts.ts'

/** The account of the stdio server and the command line on this machine. */
export const LOCAL_ACCOUNT = { id: 'acct_local', name: 'local' } as const

/** What a session is resolved from. `budget`, in micro-dollars, applies only if the session begins with this call. */
export type SessionScope = { accountId: string; name: string; budget: number | null }

const insertSession = preparedQuery((db, p: SessionTable) =>
  db
    .insertInto('session')
    .values({
      id: p.id,
      account_id: p.account_id,
      name: p.name,
      budget: p.budget,
      created_at: p.created_at,
    })
    .onConflict((on) => on.columns(['account_id', 'name']).doNothing())
    .returningAll(),
)

/** Finds a session by its name or its id. `place` comes back as it is: in a batch it tells who asked. */
export const selectSession = preparedQuery(
  (db, p: { place: number; account_id: string; name: string }, sql) =>
    db
      .selectFrom('session')
      .selectAll()
      .select(sql<number>`cast(${p.place} as bigint)`.as('place'))
      .where('account_id', '=', p.account_id)
      // A session may also be joined by the id that its results show.
      .where((eb) => eb.or([eb('name', '=', p.name), eb('id', '=', p.name)])),
)

/** Returns the session of a scope; undefined if it has not begun. */
export function* findSession({
  accountId,
  name,
}: SessionScope): TransactionBody<SessionTable | undefined> {
  const [found] = yield* selectSession({ place: 0, account_id: accountId, name })
  return found
}

/** Returns the session of a scope and begins it if needed. Its budget never changes afterwards. */
export function* openSession(scope: SessionScope, at: number): TransactionBody<SessionTable> {
  const found = yield* findSession(scope)
  if (found !== undefined) return found
  const { accountId: account_id, name, budget } = scope
  const [begun] = yield* insertSession({
    id: newId('ses', at),
    account_id,
    name,
    budget,
    created_at: at,
  })
  return begun ?? firstOrThrow(yield* selectSession({ place: 0, account_id, name }))
}
