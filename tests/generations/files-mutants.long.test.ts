import { describeMutants } from '../support/describe-mutants.ts'
import { FILES_MUTANTS, FILES_SUITE } from '../support/mutants-files.ts'

describeMutants('files with a guard broken are', {
  mutants: FILES_MUTANTS,
  suite: FILES_SUITE,
  unharmed: 'unharmed they pass',
  timeoutMs: 600_000,
})
