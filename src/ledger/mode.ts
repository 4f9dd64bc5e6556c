import { one, type Unit } from '../db/db.ts'
import { AppError } from '../errors.ts'

/**
 * Binds a ledger to the mode that first opened it, for ever: test credits never buy live work.
 * Throws `ledger_unavailable` where it belongs to the other mode.
 */
export function* bindMode(mode: 'test' | 'live'): Unit<void> {
  yield () => ({
    sql: `insert into ledger_info (name, value) values ('mode', '${mode}') on conflict (name) do nothing`,
    parameters: [],
  })
  const { value } = one(
    yield () => ({ sql: `select value from ledger_info where name = 'mode'`, parameters: [] }),
  )
  if (value === mode) return
  throw new AppError(
    'ledger_unavailable',
    `This ledger belongs to ${String(value)} mode and cannot be opened in ${mode} mode.`,
    {
      hint: 'Leave INKWELL_DATABASE_URL out for a ledger of each mode, or name another one.',
    },
  )
}
