import type { Caps } from '../../src/ledger/rules.ts'
import type { HoldRequest } from '../../src/ledger/ledger.ts'

/** A hold request for tests: only what a test is about needs to be said. */
export function holdOf(
  request: Pick<HoldRequest, 'id' | 'amount'> & Partial<HoldRequest>,
): HoldRequest {
  const created_at = request.created_at ?? Date.UTC(2026, 10, 21, 12)
  const account_id = request.account_id ?? 'acct_1'
  return {
    account_id,
    session_id: account_id.replace('acct', 'ses'),
    key_id: '',
    group_id: null,
    fingerprint: `${request.amount}`,
    billing: 'credits',
    operation: 'generateImage',
    model: 'fal-ai/flux-2-flex',
    modality: 'image',
    provider: 'local',
    expires_at: created_at + 900_000,
    ...request,
    created_at,
  }
}

/** No budget has a cap. */
export const NO_CAPS: Caps = {
  session: null,
  day: null,
  month: null,
  key_day: null,
  key_month: null,
  key_total: null,
  group_day: null,
  group_month: null,
  group_total: null,
}
