import { describeMutants } from '../support/describe-mutants.ts'
import { CONNECT_MUTANTS } from '../support/mutants-connect.ts'

describeMutants('the sign-in of hosts with a guard broken is', {
  mutants: CONNECT_MUTANTS,
  unharmed: 'the sign-in as it is passes',
  suite: {
    room: 'connect',
    tests: ['attacks', 'connect', 'ends'],
    testsFor: ({ test }) => [test],
  },
  timeoutMs: 600_000,
})
