import { beforeAll, describe, expect, test } from 'vitest'
import { temporaryFolder } from '../support/databases.ts'
import { runMutants, type Killers } from '../support/mutation.ts'
import { DISK_MUTANTS, DISK_SUITE } from '../support/mutants-disk.ts'

describe('full disks and uploads with a guard broken are found out by the tests:', () => {
  let killers: Killers

  beforeAll(async () => {
    using folder = temporaryFolder()
    killers = await runMutants(folder.path, DISK_MUTANTS, DISK_SUITE)
  }, 600_000)

  test('unharmed they pass them all', () => {
    expect(killers.get('unharmed')).toEqual([])
  })

  test.each(DISK_MUTANTS)('$name', ({ name }) => {
    expect(killers.get(name)).not.toEqual([])
  })
})
