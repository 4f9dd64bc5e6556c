import { describeMutants } from '../support/describe-mutants.ts'
import { UPSTREAM_MUTANTS, UPSTREAM_SUITE } from '../support/mutants-upstream.ts'

describeMutants('dealing with fal with a guard broken is', {
  mutants: UPSTREAM_MUTANTS,
  suite: UPSTREAM_SUITE,
  unharmed: 'unharmed it passes',
  timeoutMs: 300_000,
})
