import { describeMutants } from '../support/describe-mutants.ts'
import { LEDGER_SUITE } from '../support/mutation.ts'
import { MUTANTS } from '../support/mutants.ts'
import { BATCH_MUTANTS, BATCH_SUITE } from '../support/mutants-batch.ts'
import { KEY_MUTANTS } from '../support/mutants-keys.ts'
import { OPERATOR_MUTANTS } from '../support/mutants-operator.ts'
import { PURCHASE_MUTANTS } from '../support/mutants-purchases.ts'
import { READ_MUTANTS } from '../support/mutants-reads.ts'

describeMutants('a ledger with a guard broken is', {
  mutants: [...MUTANTS, ...KEY_MUTANTS, ...PURCHASE_MUTANTS, ...OPERATOR_MUTANTS, ...READ_MUTANTS],
  suite: LEDGER_SUITE,
  unharmed: 'the ledger unharmed passes',
})

describeMutants('a batch with a guard broken is', {
  mutants: BATCH_MUTANTS,
  suite: BATCH_SUITE,
  unharmed: 'a batch unharmed passes',
})
