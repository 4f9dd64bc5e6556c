import type { Mutant } from './mutant.ts'

/** What guards an id that the keys of the tables no longer guard alone: they hold the account too. */
export const KEY_MUTANTS: readonly Mutant[] = [
  {
    name: 'a hold may have the id of a hold of another account',
    file: 'ledger/queries/hold.ts',
    from: 'other.account_id <> ${accountId}',
    to: 'false',
  },
]
