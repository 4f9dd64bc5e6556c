import { describeMutants } from '../support/describe-mutants.ts'
import { STUDIO_MUTANTS, STUDIO_SUITE } from '../support/mutants-studio.ts'

describeMutants('pictures that come out wrong are', {
  mutants: STUDIO_MUTANTS,
  suite: STUDIO_SUITE,
  unharmed: 'the studio as it is passes',
  timeoutMs: 900_000,
})
