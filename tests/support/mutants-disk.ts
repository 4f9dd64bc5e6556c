import type { NamedMutant } from './mutant.ts'
import type { Suite } from './mutation.ts'

const DELIVER = 'generations/deliver.ts'
const JOBS = 'generations/jobs.ts'
const UPLOADS = 'generations/upload-queries.ts'

type DiskMutant = NamedMutant<'full-disk' | 'disk-waits' | 'uploads'>

/** What keeps a full disk from losing money or images, and uploads from filling it, each broken in turn. */
export const DISK_MUTANTS: readonly DiskMutant[] = [
  {
    name: 'work begins without room for what it makes',
    file: 'generations/perform.ts',
    from: 'await deps.diskSpace.assertFits(quote.count * OUTPUT_SPACE)',
    to: '',
    test: 'full-disk',
    by: 'where the image folder is full',
  },
  {
    name: 'the slack of the ledger is not asked for',
    file: 'media/disk-space.ts',
    from: 'LEDGER_SLACK = 16 * 1024 * 1024',
    to: 'LEDGER_SLACK = 0',
    test: 'full-disk',
    by: 'where the ledger is full',
  },
  {
    name: 'what fal has is released where the disk does not take it',
    file: DELIVER,
    from: 'error instanceof SaveFaultError && delivery.isRetained()',
    to: 'false',
    test: 'full-disk',
    by: 'where the image folder fills up',
  },
  {
    name: 'what fal has is released where it cannot be fetched for a moment',
    file: DELIVER,
    from: ' || error instanceof FetchFaultError',
    to: '',
    test: 'disk-waits',
    by: 'a folder that becomes unwritable',
  },
  {
    name: 'what fal no longer has is waited for',
    file: DELIVER,
    from: ' || !isTransient(error)',
    to: '',
    test: 'disk-waits',
    by: 'where fal no longer has the file',
  },
  {
    name: 'work that nobody keeps is waited for',
    file: DELIVER,
    from: ' && delivery.isRetained()',
    to: '',
    test: 'full-disk',
    by: 'work that nobody keeps',
  },
  {
    name: 'a full disk has its files fetched again and again',
    file: DELIVER,
    from: 'if (isUnsaved) await deps.diskSpace.assertFits(needed)',
    to: '',
    test: 'disk-waits',
    by: 'fetched again and again',
  },
  {
    name: 'a part of the files is charged where the disk took only that',
    file: 'generations/outputs.ts',
    from: 'if (faults.length > 0) {',
    to: 'if (faults.length > 0 && files.length === 0) {',
    test: 'full-disk',
    by: 'takes a part of the files',
  },
  {
    name: 'a charge is given up while the ledger is full',
    file: 'generations/retry.ts',
    from: "const waits = error instanceof AppError && error.code === 'ledger_unavailable'",
    to: 'const waits = !(error instanceof AppError)',
    test: 'full-disk',
    by: 'where the ledger fills up',
  },
  {
    name: 'an upstream id that the ledger did not take is forgotten',
    file: 'generations/active-job.ts',
    from: 'if (active.storedChanges < changes) yield* progressWrites(active)',
    to: '',
    test: 'disk-waits',
    by: 'an upstream id that a full ledger cannot take',
  },
  {
    name: 'a process that stops waits for space',
    file: JOBS,
    from: 'map(({ answerable }) => answerable)',
    to: 'map(({ done }) => done)',
    test: 'disk-waits',
    by: 'a process that stops',
  },
  {
    name: 'another process takes what waits for ordinary work',
    file: 'generations/recover.ts',
    from: 'unsavedAt: row.unsaved_at',
    to: 'unsavedAt: null',
    test: 'disk-waits',
    by: 'what another process takes over',
  },
  {
    name: 'a process without the key gives up what fal has',
    file: 'generations/recover.ts',
    from: 'if (provider === null && resumableId !== null && row.created_at + RETENTION_MS > now()) return',
    to: '',
    test: 'disk-waits',
    by: 'a process without the key',
  },
  {
    name: 'uploads pass their quota when they come together',
    file: UPLOADS,
    from: 'where ${bytesOf(sql, p)} + cast(${p.bytes} as bigint) <= cast(${p.quota} as bigint)',
    to: 'where cast(${p.quota} as bigint) >= 0',
    test: 'uploads',
    by: 'of sixty uploads',
  },
  {
    name: 'the quota refuses what meets it exactly',
    file: UPLOADS,
    from: '<= cast(${p.quota} as bigint)',
    to: '< cast(${p.quota} as bigint)',
    test: 'uploads',
    by: 'of sixty uploads',
  },
  {
    name: 'uploads that have expired are counted',
    file: UPLOADS,
    from: 'and ${usedAt(sql)} > ${p.expired_at})`',
    to: 'and ${p.expired_at} > 0)`',
    test: 'uploads',
    by: 'what has expired counts for nothing',
  },
  {
    name: 'the use of an upload does not keep it',
    file: 'generations/upload.ts',
    from: 'await db.write(() => touchUpload({ id, used_at: at, expired_at: at - UNUSED_MS }))',
    to: '',
    test: 'uploads',
    by: 'an upload expires after seven days',
  },
  {
    name: 'generated files are removed as expired uploads',
    file: UPLOADS,
    from: ".select(['id', 'store', 'path', 'former'])\n    .where('generation_id', 'is', null)",
    to: ".select(['id', 'store', 'path', 'former'])",
    test: 'uploads',
    by: 'generated files never expire',
  },
]

/** The tests of full disks and of uploads. */
export const DISK_SUITE: Suite<DiskMutant> = {
  room: 'generations',
  tests: ['full-disk', 'disk-waits', 'uploads'],
  testsFor: ({ test }) => [test],
}
