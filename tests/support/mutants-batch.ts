import type { Mutant } from './mutant.ts'
import type { Suite } from './mutation.ts'

const BATCH = 'ledger/batch/commands.ts'

/** What keeps a batch of calls as exact as its members one by one, each broken in turn. */
export const BATCH_MUTANTS: readonly Mutant[] = [
  {
    name: 'a batch of charges leaves the account',
    file: BATCH,
    from: 'yield* queries.postSums(sums)',
    to: '',
  },
  {
    name: 'a batch takes the cap of its first hold',
    file: BATCH,
    from: 'cap: sum.cap === cap ? cap : MIXED_CAPS',
    to: 'cap: sum.cap',
  },
  {
    name: 'the same hold twice in a batch counts twice',
    file: BATCH,
    from: 'inserted.delete(id)',
    to: 'inserted.has(id)',
  },
  {
    name: 'a batch counts one charge of a day',
    file: 'ledger/batch/sums.ts',
    from: 'count: sum.count + count',
    to: 'count',
  },
  {
    name: 'a batch answers with the values of its neighbours',
    file: 'db/sqlite/units.ts',
    from: 'results[index]',
    to: 'results[0]',
  },
]

export const BATCH_SUITE: Suite = { room: 'ledger', tests: ['batch'], testsFor: () => ['batch'] }
