import { expect } from 'vitest'
import { decide, type Decision } from '../../src/approvals/decide.ts'
import { listApprovals, type ShownApproval } from '../../src/approvals/list.ts'
import { findDifference } from '../../src/verify.ts'
import { GRANT, PRICE, type PaidApp, type Wish } from './paid-app.ts'

/** One picture passes, and every dearer call asks. */
export const ASKS = { INKWELL_APPROVE_ABOVE_USD: '0.05' }
/** A call that asks, and its price in micro-dollars. */
export const TWO: Wish = { count: 2 }
export const BOTH = 2 * PRICE

/** A clock that a test moves, in milliseconds since 1970. */
export function movable() {
  const clock = { at: Date.UTC(2026, 10, 21, 12) }
  return { clock, now: () => clock.at }
}

/** The code and the facts of a refusal. */
export async function refused(call: Promise<unknown>): Promise<Record<string, unknown>> {
  const error = await call.then(
    () => null,
    (reason: unknown) => reason as { code: string; hint: string; facts: Record<string, unknown> },
  )
  return { code: error?.code, hint: error?.hint, ...error?.facts }
}

/** Makes a call that asks. Returns the id of its approval. */
export async function asked(paid: PaidApp, wish: Wish = TWO): Promise<string> {
  const { code, approval } = await refused(paid.pay(wish))
  expect(code).toBe('approval_required')
  return (approval as { id: string }).id
}

/** Decides on an approval, as `ada`. */
export function says({ app }: PaidApp, id: string, answer: Decision['says'], at = app.now()) {
  return app.db.write(() => decide({ id }, { says: answer, by: 'ada', at }))
}

/** The approvals of the ledger, newest first; those that have ended too unless said otherwise. */
export function listed({ app }: PaidApp, all = true): Promise<ShownApproval[]> {
  return app.db.read(() => listApprovals({ all, at: app.now() }))
}

/** The ledger agrees with itself, and this much is held and spent. */
export async function expectHeld(paid: PaidApp, held: number, spent = 0): Promise<void> {
  expect(await paid.app.db.read(findDifference)).toBeNull()
  expect(await paid.funds()).toEqual({ available: GRANT - held - spent, held, spent })
}
