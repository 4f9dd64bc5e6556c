import { describeMutants } from '../support/describe-mutants.ts'
import { DISK_MUTANTS, DISK_SUITE } from '../support/mutants-disk.ts'

describeMutants('full disks and uploads with a guard broken are', {
  mutants: DISK_MUTANTS,
  suite: DISK_SUITE,
  unharmed: 'unharmed they pass',
  timeoutMs: 600_000,
})
