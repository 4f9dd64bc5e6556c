import { crypto } from '../crypto.ts'
import { firstOrThrow, preparedQuery, type Unit } from '../db/db.ts'
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

/** A fact of the ledger that is said once, for ever: answers what was said first. */
function* sayOnce(name: string, value: string): Unit<string> {
  yield* insertInfo({ name, value })
  return firstOrThrow(yield* selectInfo({ name })).value
}

/**
 * Binds a ledger to the mode that first opened it, for ever: test credits never buy live work.
 * Throws `ledger_unavailable` where it belongs to the other mode.
 */
export function* bindMode(mode: 'test' | 'live'): Unit<void> {
  const bound = yield* sayOnce('mode', mode)
  if (bound === mode) return
  throw new AppError(
    'ledger_unavailable',
    `This ledger belongs to ${bound} mode and cannot be opened in ${mode} mode.`,
    {
      hint: 'Tell whoever runs this server; nothing was charged.',
      localHint: 'Leave INKWELL_DATABASE_URL out for a ledger of each mode, or name another one.',
    },
  )
}

/** What tells this ledger from others that share a payment service. */
export function* installId(): Unit<string> {
  return yield* sayOnce('install', crypto().randomBytes(8).toString('hex'))
}

/** The secret that signs links to files: the same for every server on this ledger. */
export function* linkSecret(): Unit<string> {
  return yield* sayOnce('link_secret', crypto().randomBytes(32).toString('hex'))
}
