import { describeMutants } from '../support/describe-mutants.ts'
import { MODEL_MUTANTS, MODEL_SUITE } from '../support/mutants-models.ts'

describeMutants('a list of models with a guard broken is', {
  mutants: MODEL_MUTANTS,
  suite: MODEL_SUITE,
  unharmed: 'unharmed it passes',
})
