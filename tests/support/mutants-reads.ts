import type { Mutant } from './mutant.ts'

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
