import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'vitest'
import type { FalEmulator } from '../services/fal/emulator.ts'
import {
  CHEAP,
  costIn,
  GRANT,
  outputsOf,
  type Answer,
  type LiveApp,
  type LiveOptions,
} from './live.ts'
import type { SmallDisk } from './small-disk.ts'

/** What is to be recovered is recovered within this time of freeing space, in milliseconds. */
export const RECOVERED_MS = 60_000

/** A disk that takes one image and the ledger, with what both must have to spare. */
export const MIB = 40

/** Where the small disk is put: under the images alone, under the ledger alone, or under both. */
export const PLACES: [what: string, on: (disk: SmallDisk) => LiveOptions, named: RegExp][] = [
  [
    'the image folder',
    ({ path }) => ({ env: { INKWELL_OUTPUT_DIR: join(path, 'images') } }),
    /^The disk of the output folder /,
  ],
  [
    'the ledger',
    ({ path }) => ({ env: { INKWELL_DATABASE_URL: `sqlite:${path}/test.db` } }),
    /^The disk of the ledger /,
  ],
  ['both', ({ path }) => ({ home: path }), /^The disk of the output folder/],
]

/** Resolves once a claim is true; rejects after this time. */
export async function within(ms: number, claim: () => boolean | Promise<boolean>): Promise<void> {
  const giveUpAt = performance.now() + ms
  while (!(await claim())) {
    if (performance.now() > giveUpAt) throw new Error(`not so within ${ms} ms: ${claim.toString()}`)
    await sleep(20)
  }
}

/** The id of the generation in a result. */
export const idOf = ({ structured }: Answer) => String(structured['id'])
/** How a generation stands, as an agent is told. */
export const look = (live: LiveApp, id: string) => live.call('getGeneration', { id })

/** It was charged once for its files, which are there as they were made, and no others. */
export async function expectDelivered(live: LiveApp, id: string, files = 1): Promise<void> {
  const answer = await look(live, id)
  expect(answer.structured['status']).toBe('completed')
  expect(costIn(answer)).toBe(files * 3_000)
  const outputs = outputsOf(answer) as { path: string; sha256?: string }[]
  for (const { path, sha256 } of outputs)
    expect(createHash('sha256').update(readFileSync(path)).digest('hex')).toBe(sha256)
  expect(live.outputs()).toHaveLength(files)
  expect(outputs).toHaveLength(files)
  expect(await live.books()).toEqual({
    available: GRANT - files * 3_000,
    held: 0,
    spent: files * 3_000,
    holds: ['captured'],
    difference: null,
  })
  expect(live.fal.charges).toHaveLength(1)
}

/** Lets a call begin, and fills the disk while fal is at work. */
export async function fillMeanwhile(
  live: LiveApp,
  disk: SmallDisk,
  args: object = CHEAP,
): Promise<Answer> {
  const call = live.call('generateImage', args)
  await within(10_000, () => live.fal.jobs[0] !== undefined && live.fal.jobs[0].polls > 0)
  disk.fill()
  return await call
}

/** How often a file was asked for at fal. */
export const downloads = ({ requests }: FalEmulator) =>
  requests.filter(({ host, method }) => host === 'v3b.fal.media' && method === 'GET').length
