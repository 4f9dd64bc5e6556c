import type { PurchaseTable } from '../../db/schema/billing.ts'
import { statement } from '../../db/db.ts'

export const findPurchase = statement((db, p: { id: string }) =>
  db.selectFrom('purchase').selectAll().where('id', '=', p.id),
)

/** Completes a purchase by its one change from unpaid to paid. No row: it was completed before. */
export const completePurchase = statement((db, p: { id: string; at: number }) =>
  db
    .updateTable('purchase')
    .set({ status: 'completed', completed_at: p.at, problem: null })
    .where('id', '=', p.id)
    .where('completed_at', 'is', null)
    .returning(['account_id', 'credits']),
)

type Comparison = Pick<PurchaseTable, 'id' | 'version' | 'clawed_back' | 'status'> & { at: number }

/** Sets what is taken back of a paid purchase. No row: another comparison came first, or it was never paid. */
export const compareOnce = statement((db, p: Comparison) =>
  db
    .updateTable('purchase')
    .set((eb) => ({
      clawed_back: p.clawed_back,
      status: p.status,
      version: eb('version', '+', 1),
      synced_at: p.at,
    }))
    .where('id', '=', p.id)
    .where('version', '=', p.version)
    .where('completed_at', 'is not', null)
    .returning('id'),
)
