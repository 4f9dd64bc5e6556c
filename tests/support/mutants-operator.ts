import type { Mutant } from './mutant.ts'

const ADJUST = 'ledger/adjust.ts'
const AUDIT = 'operator/audit.ts'
const MONEY = 'operator/money.ts'
const ACCOUNT = 'ledger/queries/account.ts'

/** Every guard of what operators do with money, each broken in turn. */
export const OPERATOR_MUTANTS: readonly Mutant[] = [
  {
    name: 'more is taken than is available',
    file: ACCOUNT,
    from: ".where('available', '>=', p.least)",
    to: '',
  },
  {
    name: 'what is taken is not taken',
    file: ADJUST,
    from: 'credited: amount',
    to: 'credited: Math.max(amount, 0)',
  },
  {
    name: 'a repeated credit is given again',
    file: MONEY,
    from: 'if (done.isNew)',
    to: 'if (true)',
  },
  {
    name: 'another act under the same key passes for a replay',
    file: AUDIT,
    from: 'if (known[name] !== asked[name]) throw otherAct()',
    to: '',
  },
  {
    name: 'a refund is no act',
    file: MONEY,
    from: 'if (isNew) return yield* record(author, act)',
    to: 'if (isNew) return null',
    by: 'gives the charge back once',
  },
  {
    name: 'a suspended account goes on',
    file: ACCOUNT,
    from: ".where('suspended_at', 'is', null)",
    to: '',
    by: 'suspended',
  },
  {
    name: 'a closed account goes on',
    file: ACCOUNT,
    from: ".where('closed_at', 'is', null)",
    to: '',
    by: 'closed',
  },
  {
    name: 'a call of an account may cost anything',
    file: ACCOUNT,
    from: 'max_price >= cast(',
    to: '0 <= cast(',
    by: 'may pay less for a call',
  },
  {
    name: 'a group is no budget',
    file: 'ledger/rules.ts',
    from: 'if (group_id !== null)',
    to: 'if (group_id === key_id)',
  },
  {
    name: 'the end of a hold leaves it in the budgets of its group',
    file: 'ledger/queries/budget.ts',
    from: 'settleFor(ids.length)',
    to: 'settleFor(Math.min(ids.length, 6))',
  },
  {
    name: 'a hold forgets its group',
    file: 'ledger/queries/hold.ts',
    from: ', ${p.group_id}',
    to: ', null',
  },
]
