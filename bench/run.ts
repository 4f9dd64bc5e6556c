import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { table } from '../src/cli/table.ts'
import { VERSION } from '../src/version.ts'
import { isMissed, LINES, lossOf, shown, type Measured } from './support/measured.ts'
import { medians } from './support/runs.ts'

/**
 * Runs every file of this folder but itself, or those that are named, each in a process of its own, three times or `--runs`
 * times, all of them in turn. Prints one table: of each line the baseline, the median, the range, the goal and the verdict
 * on the median. With `--save` it keeps the lines in `history/`, under this version. Lines that are a fifth worse than at
 * the release before are named. Fails where a goal is missed; with `--warn` it only says so, as annotations of a GitHub
 * job, and compares with the newest history that there is.
 */

const HISTORY = join(import.meta.dirname, 'history')
const WORSE = 0.2

const { values: options, positionals: names } = parseArgs({
  allowPositionals: true,
  options: {
    runs: { type: 'string', default: '3' },
    save: { type: 'boolean', default: false },
    warn: { type: 'boolean', default: false },
  },
})
const runs = Number(options.runs)
if (!Number.isInteger(runs) || runs < 1) throw new Error('--runs is a whole number from 1 on')
const folder = mkdtempSync(join(tmpdir(), 'inkwell-bench-'))
const lines = join(folder, LINES)
try {
  for (let run = 1; run <= runs; run += 1) {
    for (const file of files()) {
      print('', `${basename(file)}, run ${run} of ${runs}`)
      const env = { ...process.env, BENCH_FOLDER: folder }
      const { status } = spawnSync(process.execPath, [file], { stdio: 'inherit', env })
      if (status !== 0 && !options.warn) process.exitCode = 1
    }
  }
  if (existsSync(lines)) report(medians(readLines(readFileSync(lines, 'utf8'))))
} finally {
  rmSync(folder, { recursive: true, force: true })
}

/** The files to run. A bench is named without its ending; a file elsewhere by its path. */
function files(): string[] {
  const all = readdirSync(import.meta.dirname).filter((name) => name.endsWith('.ts'))
  const named = names.map((name) => (name.endsWith('.ts') ? resolve(name) : benchOf(name)))
  return names.length > 0 ? named : all.filter((name) => name !== 'run.ts').map(benchOf)
}

function benchOf(name: string): string {
  return join(import.meta.dirname, `${name.replace(/\.ts$/, '')}.ts`)
}

function report(all: readonly Measured[]): void {
  const titles = ['measured', 'baseline', runs > 1 ? 'median' : 'value', 'range', 'goal', '']
  const columns = titles.map((title) => ({ title, width: 10 }))
  print('', ...table(columns, all.map(shown)))
  if (all.some(isMissed) && !options.warn) process.exitCode = 1
  const before = latest()
  const worse = all.flatMap((line) => {
    const earlier = before.find(({ name }) => name === line.name)
    if (earlier === undefined || lossOf(line, earlier) <= WORSE) return []
    return [`  ${line.name}: ${earlier.value.toFixed(2)} -> ${line.value.toFixed(2)} ${line.unit}`]
  })
  if (worse.length > 0) print('', 'Worse than at the last release:', ...worse)
  if (options.warn)
    print(...worse.map((line) => `::warning title=Slower than at the last release::${line.trim()}`))
  if (options.save)
    writeFileSync(
      join(HISTORY, `${VERSION}.jsonl`),
      all.map((line) => `${JSON.stringify(line)}\n`).join(''),
    )
}

/** The lines of the newest release; but this one, where they are to be saved. */
function latest(): Measured[] {
  const releases = readdirSync(HISTORY).filter((name) => name.endsWith('.jsonl'))
  const newest = releases
    .filter((name) => options.warn || name !== `${VERSION}.jsonl`)
    .toSorted((a, b) => a.localeCompare(b, 'en', { numeric: true }))
    .at(-1)
  return newest === undefined ? [] : readLines(readFileSync(join(HISTORY, newest), 'utf8'))
}

function readLines(text: string): Measured[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Measured)
}

function print(...rows: string[]): void {
  process.stdout.write(`${rows.join('\n')}\n`)
}
