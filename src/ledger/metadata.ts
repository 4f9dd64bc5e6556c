import { newWebhookSecret } from '../alerts/webhooks.ts'
import { crypto } from '../crypto.ts'
import { firstOrThrow, preparedQuery, type TransactionBody } from '../db/db.ts'
import { AppError } from '../errors.ts'

const insertInfo = preparedQuery((db, p: { name: string; value: string }) =>
  db
    .insertInto('ledger_info')
    .values({ name: p.name, value: p.value })
    .onConflict((on) => on.column('name').doNothing()),
)

const selectInfo = preparedQuery((db, p: { name: string }) =>
  db.selectFrom('ledger_info').select('value').where('name', '=', p.name),
)

/** Stores a value of this ledger if it has none under this name. Returns the stored value, which never changes. */
function* setOnce(name: string, value: string): TransactionBody<string> {
  const [known] = yield* selectInfo({ name }) // all but the first time there is nothing to write
  if (known !== undefined) return known.value
  yield* insertInfo({ name, value })
  return firstOrThrow(yield* selectInfo({ name })).value
}

/**
 * Binds a ledger for ever to the mode that first opens it: test credits never buy live work.
 * Throws `ledger_unavailable` if the ledger belongs to the other mode.
 */
export function* bindMode(mode: 'test' | 'live'): TransactionBody<void> {
  const bound = yield* setOnce('mode', mode)
  if (bound === mode) return
  throw new AppError(
    'ledger_unavailable',
    `This ledger belongs to ${bound} mode and cannot be opened in ${mode} mode.`,
    {
      hint: 'Tell the operator of this server; nothing was charged.',
      localHint: 'Leave INKWELL_DATABASE_URL out for a ledger of each mode, or name another one.',
    },
  )
}

/** The id that separates this ledger from others on the same payment account: 16 hex digits. */
export function* installId(): TransactionBody<string> {
  return yield* setOnce('install', crypto().randomBytes(8).toString('hex'))
}

/** The secret that signs links to files, 64 hex digits. All servers on this ledger share it. */
export function* linkSecret(): TransactionBody<string> {
  return yield* setOnce('link_secret', crypto().randomBytes(32).toString('hex'))
}

/** The secret that signs alerts, as receivers need it: `whsec_…`. */
export function* alertSecret(): TransactionBody<string> {
  return yield* setOnce('alert_secret', newWebhookSecret())
}
