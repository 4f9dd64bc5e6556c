import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { table } from '../src/cli/table.ts'
import { VERSION } from '../src/version.ts'
import { lossOf, shown, type Measured } from './support/measured.ts'

/**
 * Runs every file of this folder but itself, or those that are named, each in a process of its own, and prints one table:
 * baseline, value, goal and verdict of each line. With `--save` it keeps the lines in `history/`, under this version.
 * Lines that are a fifth worse than at the release before are named. Fails where a goal is missed; with `--warn` it only
 * says so, as annotations of a GitHub job, and compares with the newest history that there is.
 */

const HISTORY = join(import.meta.dirname, 'history')
const WORSE = 0.2

const FLAGS = ['--save', '--warn']
const isWarning = process.argv.includes('--warn')

const names = process.argv.slice(2).filter((argument) => !FLAGS.includes(argument))
const files = readdirSync(import.meta.dirname)
  .filter((name) => name.endsWith('.ts') && name !== 'run.ts')
  .filter((name) => names.length === 0 || names.includes(name.replace('.ts', '')))
const folder = mkdtempSync(join(tmpdir(), 'inkwell-bench-'))
const lines = join(folder, 'lines')
try {
  for (const file of files) {
    const { status } = spawnSync(process.execPath, [join(import.meta.dirname, file)], {
      stdio: 'inherit',
      env: { ...process.env, BENCH_LINES: lines },
    })
    if (status !== 0 && !isWarning) process.exitCode = 1
  }
  if (existsSync(lines)) report(readLines(readFileSync(lines, 'utf8')))
} finally {
  rmSync(folder, { recursive: true, force: true })
}

function report(all: readonly Measured[]): void {
  const columns = ['measured', 'baseline', 'value', 'goal', ''].map((title) => ({
    title,
    width: 10,
  }))
  print('', ...table(columns, all.map(shown)))
  const before = latest()
  const worse = all.flatMap((line) => {
    const earlier = before.find(({ name }) => name === line.name)
    if (earlier === undefined || lossOf(line, earlier) <= WORSE) return []
    return [`  ${line.name}: ${earlier.value.toFixed(2)} -> ${line.value.toFixed(2)} ${line.unit}`]
  })
  if (worse.length > 0) print('', 'Worse than at the last release:', ...worse)
  if (isWarning)
    print(...worse.map((line) => `::warning title=Slower than at the last release::${line.trim()}`))
  if (process.argv.includes('--save'))
    writeFileSync(
      join(HISTORY, `${VERSION}.jsonl`),
      all.map((line) => `${JSON.stringify(line)}\n`).join(''),
    )
}

/** The lines of the newest release; but this one, where they are to be saved. */
function latest(): Measured[] {
  const releases = readdirSync(HISTORY).filter((name) => name.endsWith('.jsonl'))
  const newest = releases
    .filter((name) => isWarning || name !== `${VERSION}.jsonl`)
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
