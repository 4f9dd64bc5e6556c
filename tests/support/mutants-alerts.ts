import type { Mutant } from './mutant.ts'
import type { Suite } from './mutation.ts'

const THRESHOLDS = 'alerts/thresholds.ts'
const KEY = 'primary key (account_id, kind, subject, period, threshold, cap)'
const SCHEMA = 'db/migrations/0020-alerts.ts'

/** What makes an alert one for its threshold and period, each part broken in turn. */
export const ALERT_MUTANTS: readonly Mutant[] = [
  {
    name: 'a threshold is told each time that it is crossed',
    file: SCHEMA,
    from: KEY,
    to: KEY.replace('cap)', 'cap, id)'),
  },
  {
    name: 'all thresholds of a budget are one',
    file: SCHEMA,
    from: KEY,
    to: KEY.replace('threshold, ', ''),
  },
  {
    name: 'another cap has no thresholds of its own',
    file: SCHEMA,
    from: KEY,
    to: KEY.replace(', cap)', ')'),
  },
  {
    name: 'all budgets of an account are one',
    file: SCHEMA,
    from: KEY,
    to: KEY.replace('subject, ', ''),
  },
  {
    name: 'a threshold that is met exactly is not told',
    file: THRESHOLDS,
    from: 'used * 100 >= cap * percent',
    to: 'used * 100 > cap * percent',
  },
  {
    name: 'of several thresholds the lowest is told',
    file: THRESHOLDS,
    from: '[100, 80, 50]',
    to: '[50, 80, 100]',
  },
  {
    name: 'what is above a threshold is written at every hold',
    file: THRESHOLDS,
    from: ' || (used - amount) * 100 >= cap * threshold',
    to: '',
  },
  {
    name: 'sessions are told',
    file: THRESHOLDS,
    from: "if (scope === 'session') return []",
    to: '',
  },
  {
    name: 'a call that the whole budget could not pay is told',
    file: THRESHOLDS,
    from: ' || amount > cap',
    to: '',
  },
  {
    name: 'a budget that refuses has an alert beside that of 100 percent',
    file: THRESHOLDS,
    from: 'alertOf(budget, { threshold: 100,',
    to: 'alertOf(budget, { threshold: 101,',
  },
  {
    name: 'a balance that stays low is told every day',
    file: THRESHOLDS,
    from: ' || available - change < below',
    to: '',
  },
  {
    name: 'a low balance is told once for ever',
    file: 'ledger/rules.ts',
    from: 'period: dayOf(change.at)',
    to: "period: ''",
  },
]

/** The tests of alerts on the ledger alone. */
export const ALERT_SUITE: Suite = {
  room: 'ledger',
  tests: ['alerts'],
  testsFor: () => ['alerts'],
}
