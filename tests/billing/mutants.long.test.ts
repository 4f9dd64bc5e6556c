import { describeMutants } from '../support/describe-mutants.ts'
import { BILLING_MUTANTS, BILLING_SUITE } from '../support/mutants-billing.ts'

describeMutants('buying with a guard broken is', {
  mutants: BILLING_MUTANTS,
  suite: BILLING_SUITE,
  unharmed: 'buying unharmed passes',
})
