import type { Mutant } from './mutant.ts'
import type { Suite } from './mutation.ts'

const GUARD = 'ledger/guard.ts'
const RULES = 'ledger/rules.ts'
const CHANGES = 'ledger/clock-changes.ts'
const ENTRIES = 'ledger/proof/entries.ts'
const COUNTERS = 'ledger/proof/counters.ts'
const PROVE = 'ledger/proof/prove.ts'
const CHECKPOINT = 'ledger/proof/checkpoint.ts'

/** The guards of the clock, each broken in turn. */
export const CLOCK_MUTANTS: readonly Mutant[] = [
  {
    name: 'a clock behind the ledger is not refused',
    file: GUARD,
    from: 'if (isBehind(newest.at)) throw',
    to: 'if (isBehind(0)) throw',
  },
  {
    name: 'entries of this process are forgotten by the guard',
    file: GUARD,
    from: 'passedAt = Math.max(passedAt, clock.now())',
    to: 'passedAt = 0',
  },
  {
    name: 'work is settled on a day long gone',
    file: RULES,
    from: 'return at < newest - CLOCK_SLACK_MS ? newest : at',
    to: 'return at',
  },
  {
    name: 'a clock that is minutes back is not believed',
    file: RULES,
    from: 'return at < newest - CLOCK_SLACK_MS ? newest : at',
    to: 'return newest',
  },
  {
    name: 'an accepted clock changes no account',
    file: CHANGES,
    from: 'set({ last_at: at })',
    to: 'set({ last_at: sql<number>`last_at` })',
  },
  {
    name: 'an accepted clock is not recorded',
    file: CHANGES,
    from: 'first < changes.length',
    to: 'first < 0',
  },
]

export const CLOCK_SUITE: Suite = {
  room: 'generations',
  tests: ['clock'],
  testsFor: () => ['clock'],
}

/** The comparisons of the proof, each broken in turn. */
export const PROOF_MUTANTS: readonly Mutant[] = [
  {
    name: 'balances are not replayed',
    file: ENTRIES,
    from: 'if (entry.balance_after !== after.balance)',
    to: 'if (Number.isNaN(after.balance))',
  },
  {
    name: 'holds are not compared',
    file: ENTRIES,
    from: 'entry.hold_captured === amount &&',
    to: '',
  },
  {
    name: 'what was proven is not compared',
    file: ENTRIES,
    from: 'known.hash !== after.hash',
    to: "known.hash === ''",
  },
  {
    name: 'what is held is not compared',
    file: COUNTERS,
    from: 'if (held !== holds) broken',
    to: 'if (held < 0) broken',
  },
  {
    name: 'a budget is not compared',
    file: COUNTERS,
    from: 'held !== holds || spent !== captures || isOver',
    to: 'isOver',
  },
  {
    name: 'the roll-up is not compared',
    file: COUNTERS,
    from: 'if (row.count !== count || row.amount !== amount)',
    to: 'if (row.count < 0)',
  },
  {
    name: 'a roll-up that is missing is not seen',
    file: COUNTERS,
    from: 'for (const key of unseen)',
    to: 'for (const key of [...unseen].slice(0, 0))',
  },
  {
    name: 'a changed checkpoint is believed',
    file: PROVE,
    from: 'if (!isWhole && !loaded.isSound)',
    to: 'if (!isWhole && loaded.head.at < 0)',
  },
  {
    name: 'a checkpoint replaces a newer one',
    file: CHECKPOINT,
    from: ".where('value', '=', JSON.stringify(before))",
    to: '',
  },
]

export const PROOF_SUITE: Suite = {
  room: 'ledger',
  tests: ['proof'],
  testsFor: () => ['proof'],
}
