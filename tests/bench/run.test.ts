import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const ROOT = join(import.meta.dirname, '../..')
const BENCH = join(import.meta.dirname, 'three-values.ts')

const bench = (...args: string[]) =>
  spawnSync(process.execPath, [join(ROOT, 'bench/run.ts'), BENCH, ...args], { encoding: 'utf8' })

/** A line of the table, which comes after what each run prints. */
function lineOf(output: string, name: string): string | undefined {
  const lines = output.slice(output.indexOf('measured')).split('\n')
  return lines
    .map((line) => line.trim().replaceAll(/\s+/g, ' '))
    .find((line) => line.startsWith(name))
}

test('three runs: the median is shown with the range and judged, so that one slow run decides nothing', () => {
  const { stdout, status } = bench()
  expect(lineOf(stdout, 'steady')).toBe('steady nothing 2.00 x 1.00–9.00 <= 2 met')
  expect(lineOf(stdout, 'slow')).toBe('slow nothing 2.00 x 1.00–9.00 <= 1 MISSED')
  expect(status).toBe(1)
})

test('one run has no range; a missed goal does not fail with --warn', () => {
  const { stdout, status } = bench('--runs', '1', '--warn')
  expect(lineOf(stdout, 'steady')).toBe('steady nothing 9.00 x <= 2 MISSED')
  expect(status).toBe(0)
  expect(bench('--runs', 'many').stderr).toContain('--runs is a whole number from 1 on')
})
