import { describeMutants } from '../support/describe-mutants.ts'
import { APPROVAL_MUTANTS, APPROVAL_SUITE } from '../support/mutants-approvals.ts'

describeMutants('calls that a person approves, with a guard broken, are', {
  mutants: APPROVAL_MUTANTS,
  suite: APPROVAL_SUITE,
  unharmed: 'unharmed they pass',
  timeoutMs: 900_000,
})
