import { describeMutants } from '../support/describe-mutants.ts'
import { ANSWER_MUTANTS, ANSWER_SUITE, TURN_MUTANTS, TURN_SUITE } from '../support/mutants-reads.ts'

describeMutants('results that are read, with a guard broken, are', {
  mutants: ANSWER_MUTANTS,
  suite: ANSWER_SUITE,
  unharmed: 'unharmed they pass',
})

describeMutants('responses that are written together, with a guard broken, are', {
  mutants: TURN_MUTANTS,
  suite: TURN_SUITE,
  unharmed: 'unharmed they pass',
})
