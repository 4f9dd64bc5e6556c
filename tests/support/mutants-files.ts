import type { NamedMutant } from './mutant.ts'
import type { Suite } from './mutation.ts'

const SAVE = 'media/save.ts'
const AGAIN = 'generations/fetch-again.ts'
const MOVE = 'generations/move.ts'
const PRUNE = 'generations/prune-queries.ts'

type FilesMutant = NamedMutant<'files' | 'lost-files' | 'move' | 'erase'>

/** What keeps files whole, of their account, and gone once removed, each broken in turn. */
export const FILES_MUTANTS: readonly FilesMutant[] = [
  {
    name: 'an output is charged while it is still being stored',
    file: SAVE,
    from: '  await store.put({ path, mimeType, content: contentOf(file), check })',
    to: '  store.put({ path, mimeType, content: contentOf(file), check }).catch(() => {})',
    test: 'files',
    by: 'an output is saved once its store has it',
  },
  {
    name: 'any content passes for a lost file',
    file: SAVE,
    from: 'if (!isWhole && file.sha256() !== sha256) return false',
    to: '',
    test: 'lost-files',
    by: 'another content at fal',
  },
  {
    name: 'a file is found by any account',
    file: 'generations/queries.ts',
    from: ".selectFrom('asset').selectAll().where('id', '=', p.id).where('account_id', '=', p.account_id)",
    to: ".selectFrom('asset').selectAll().where('id', '=', p.id)",
    test: 'files',
    by: 'by its own account only',
  },
  {
    name: 'every reader of a lost file fetches it',
    file: AGAIN,
    from: 'if (known !== undefined) return await known',
    to: '',
    test: 'lost-files',
    by: 'once for all who ask',
  },
  {
    name: 'what the service has deleted is asked for for ever',
    file: AGAIN,
    from: ' && created_at + RETENTION_MS > at',
    to: '',
    test: 'lost-files',
    by: 'two days later',
  },
  {
    name: 'what the service no longer has is asked for again and again',
    file: AGAIN,
    from: 'await db.write(() => forgetSource({ id }))',
    to: '',
    test: 'lost-files',
    by: 'fal is not asked again',
  },
  {
    name: 'a copy is not read back',
    file: MOVE,
    from: 'if ((await hashOf(to, path)) !== row.sha256) throw new DamagedError()',
    to: '',
    test: 'move',
  },
  {
    name: 'a moved file forgets its old copy',
    file: MOVE,
    from: ', former: formerOf(row, { store: to.name, path })',
    to: '',
    test: 'move',
  },
  {
    name: 'a move brings back what was erased meanwhile',
    file: MOVE,
    from: 'await to.remove(path)',
    to: '',
    test: 'move',
  },
  {
    name: 'an erasure takes a file for gone that moved meanwhile',
    file: PRUNE,
    from: ".where('store', 'is not distinct from', p.store)",
    to: '',
    test: 'move',
  },
  {
    name: 'an erasure removes the files of every account',
    file: PRUNE,
    from: "kept.where('account_id', '=', accountId).where('id', '>', after.id)",
    to: "kept.where('id', '>', after.id)",
    test: 'erase',
    by: 'the files of another account stay',
  },
  {
    name: 'the removal of one file removes all',
    file: PRUNE,
    from: "return found.where((eb) => eb.or([eb('id', '=', id), eb('generation_id', '=', id)]))",
    to: 'return found',
    test: 'erase',
    by: 'one file goes alone',
  },
  {
    name: 'an erasure leaves copies at former places',
    file: 'generations/files.ts',
    from: 'const left = await removeCopies(stores, asset)',
    to: 'const left: string[] = []',
    test: 'erase',
    by: 'copies that moves left',
  },
]

/** The tests of files. */
export const FILES_SUITE: Suite<FilesMutant> = {
  room: 'generations',
  tests: ['files', 'lost-files', 'move', 'erase'],
  testsFor: ({ test }) => [test],
}
