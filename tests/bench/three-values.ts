import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { LINES, measured, RUNS_FOLDER } from '../../bench/support/measured.ts'

/** A bench whose first run is far from the others: its values are 9, 1 and 2 times its baseline. */
const lines = join(RUNS_FOLDER ?? '', LINES)
const earlier = existsSync(lines) ? readFileSync(lines, 'utf8').split('"steady"').length - 1 : 0
const value = [9, 1, 2][earlier] ?? Number.NaN
const common = { baseline: 'nothing', unit: 'x' } as const
measured({ ...common, name: 'steady', value, goal: { atMost: 2 } })
measured({ ...common, name: 'slow', value, goal: { atMost: 1 } })
