import type { Mutant } from './mutant.ts'
import type { Suite } from './mutation.ts'

/** What keeps reads that are not run again from telling what was true before. */
export const READ_MUTANTS: readonly Mutant[] = [
  {
    name: 'nobody looks whether another process has written',
    file: 'db/sqlite/snapshot.ts',
    from: 'if (now !== version) onChange()',
    to: '',
    by: 'what another process has written is seen',
  },
  {
    name: 'what was read is not forgotten when this process writes',
    file: 'db/sqlite/snapshot.ts',
    from: '      end()\n      onChange()',
    to: '      end()',
    by: 'a read sees what this process has written',
  },
  {
    name: 'what was read is handed out for other parameters, too',
    file: 'db/sqlite/statements.ts',
    from: 'key += typeof value',
    to: 'key = typeof value',
    by: 'another parameter is another read',
  },
  {
    name: 'what was read may be changed by whoever has it',
    file: 'db/sqlite/statements.ts',
    from: 'Object.freeze(row)',
    to: '',
    by: 'nobody can change',
  },
  {
    name: 'any number of results is kept',
    file: 'db/sqlite/statements.ts',
    from: 'kept.results > RESULTS_MAX || ',
    to: '',
    by: 'many results',
  },
  {
    name: 'results of any length are kept',
    file: 'db/sqlite/statements.ts',
    from: ' || kept.characters > CHARACTERS_MAX',
    to: '',
    by: 'long results',
  },
]

/** What makes a result that was read be noted once. */
export const ANSWER_MUTANTS: readonly Mutant[] = [
  {
    name: 'a result that was heard is noted again',
    file: 'generations/generation.ts',
    from: " && row.answer !== 'heard'",
    to: '',
    by: 'until it was',
  },
  {
    name: 'a result is never noted as heard',
    file: 'generations/generation.ts',
    from: "unheard: row.status === 'completed' &&",
    to: 'unheard: false &&',
    by: 'until it was',
  },
]

export const ANSWER_SUITE: Suite = {
  room: 'generations',
  tests: ['lost-answers'],
  testsFor: () => ['lost-answers'],
}

/** What writes responses together where there are several, and only there. */
export const TURN_MUTANTS: readonly Mutant[] = [
  {
    name: 'every response waits for the end of its turn',
    file: 'server/http/turns.ts',
    from: 'if (turn.responses === 1 && !turn.hadSeveral) return',
    to: '',
    by: 'alone in its turn',
  },
  {
    name: 'no response waits for others',
    file: 'server/http/turns.ts',
    from: '    await end\n',
    to: '',
    by: 'of a turn that has several',
  },
]

export const TURN_SUITE: Suite = {
  room: 'server',
  tests: ['turns'],
  testsFor: () => ['turns'],
}
