import { describeMutants } from '../support/describe-mutants.ts'
import { ALERT_MUTANTS, ALERT_SUITE } from '../support/mutants-alerts.ts'

describeMutants('alerts with a part of what makes them one broken are', {
  mutants: ALERT_MUTANTS,
  suite: ALERT_SUITE,
  unharmed: 'the alerts unharmed pass',
})
