import type { Mutant } from './mutant.ts'

const PURCHASE = 'billing/queries.ts'
const PURCHASES = 'billing/credits.ts'

/** Every guard of a purchase in the ledger, each broken in turn. */
export const PURCHASE_MUTANTS: readonly Mutant[] = [
  {
    name: 'a paid purchase is credited again',
    file: PURCHASE,
    from: ".where('completed_at', 'is', null)",
    to: '',
  },
  {
    name: 'an old reading overwrites a newer one',
    file: PURCHASE,
    from: ".where('version', '=', p.version)",
    to: '',
  },
  {
    name: 'what is taken back is taken again',
    file: PURCHASES,
    from: 'const difference = target - before.clawed_back',
    to: 'const difference = target',
  },
  {
    name: 'what comes back is not given back',
    file: PURCHASES,
    from: 'credited: -difference',
    to: 'credited: -Math.max(difference, 0)',
    by: 'takes back and gives back',
  },
  {
    name: 'a top-up has no unique reference',
    file: PURCHASES,
    from: 'ref: purchaseId',
    to: "ref: newId('pur', at)",
  },
]
