import { describeMutants } from '../support/describe-mutants.ts'
import {
  BILL_MUTANTS,
  BILL_SUITE,
  UNPAID_MUTANTS,
  UNPAID_SUITE,
} from '../support/mutants-unpaid.ts'

const WHERE = [
  { where: 'on the ledger', mutants: UNPAID_MUTANTS, suite: UNPAID_SUITE },
  { where: 'at the service', mutants: BILL_MUTANTS, suite: BILL_SUITE },
]

for (const { where, mutants, suite } of WHERE) {
  describeMutants(`what ends unpaid, ${where}, with a guard broken is`, {
    mutants,
    suite,
    unharmed: 'the guards unharmed pass',
    timeoutMs: 300_000,
  })
}
