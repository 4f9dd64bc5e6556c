import { describeMutants } from '../support/describe-mutants.ts'
import { CLOCK_MUTANTS, CLOCK_SUITE, PROOF_MUTANTS, PROOF_SUITE } from '../support/mutants-clock.ts'

describeMutants('the clock with a guard broken is', {
  mutants: CLOCK_MUTANTS,
  suite: CLOCK_SUITE,
  unharmed: 'the clock unharmed passes',
})
describeMutants('the proof with a comparison broken is', {
  mutants: PROOF_MUTANTS,
  suite: PROOF_SUITE,
  unharmed: 'the proof unharmed passes',
})
