import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { basename, dirname, join, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { TEMPLATES } from './databases.ts'
import { importersOf } from './imports.ts'
import type { Mutant } from './mutant.ts'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))

/** The names of the tests that failed, by copy, of each file the first one. A file that could not run at all throws. */
export type Killers = Map<string, string[]>

/** What is copied for a room of the sources, and the tests that are to find a damage in it. */
export type Suite<M extends Mutant = Mutant> = {
  room: string
  /** Every test file of the suite, by its name before `.test.ts`. */
  tests: readonly string[]
  testsFor(mutant: M): readonly string[]
}

/**
 * Copies the sources and their tests into an empty folder, once whole and once for each mutant, damaged, and runs the
 * tests of all copies. The whole copy is called `unharmed`. The others share with it, by links, what knows nothing of
 * the damaged file, so that it is loaded once.
 */
export async function runMutants<M extends Mutant>(
  folder: string,
  mutants: readonly M[],
  suite: Suite<M>,
): Promise<Killers> {
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'), 'junction')
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
  writeFileSync(join(folder, 'vitest.config.ts'), CONFIG)
  writeFileSync(join(folder, 'first-failure.ts'), firstFailure(namedTests(mutants, suite)))
  const withOwnTables = mutants.flatMap(({ file }, place) =>
    file.startsWith('db/') ? [`/mutant_${place}/`] : [],
  )
  writeFileSync(join(folder, 'template.ts'), templateExceptIn(withOwnTables))
  const unharmed = join(folder, 'unharmed')
  cpSync(join(ROOT, 'src'), join(unharmed, 'src'), { recursive: true })
  copyTests(unharmed, suite, suite.tests)
  for (const [place, mutant] of mutants.entries()) {
    const target = join(folder, `mutant_${place}`)
    shareSources(unharmed, target, mutant.file)
    copyTests(target, suite, suite.testsFor(mutant))
    damage(target, mutant)
  }
  const report = await runVitest(folder)
  const killers: Killers = new Map()
  for (const { name: file, message, assertionResults } of report.testResults) {
    if (assertionResults.length === 0) throw new Error(`${file} did not run: ${message}`)
    const place = relativeFolder(folder, file)
    const mutant = mutants[Number(place.replace('mutant_', ''))]?.name ?? place
    const failed = assertionResults.filter(({ status }) => status === 'failed')
    const names = failed.map(({ title }) => `${basename(file, '.test.ts')}: ${title}`)
    killers.set(mutant, [...(killers.get(mutant) ?? []), ...names])
  }
  return killers
}

/** Isolation is left out for speed: each copy has its own modules, and none keeps state in globals. */
const CONFIG = `export default { test: { include: ['*/tests/*/*.test.ts'], isolate: false,
  experimental: { viteModuleRunner: false, nodeLoader: false },
  maxWorkers: 2, testTimeout: 30_000, setupFiles: ['template.ts', 'first-failure.ts'] } }`

/** Ledgers are copies of the one that the outer run has made, except in copies whose damage may be in the tables. */
function templateExceptIn(folders: readonly string[]): string {
  return `import { expect } from 'vitest'
const { testPath } = expect.getState()
const template = ${JSON.stringify(process.env[TEMPLATES.file])}
const makesTables = ${JSON.stringify(folders)}.some((folder) => testPath.includes(folder))
if (template === undefined || makesTables) delete process.env.${TEMPLATES.file}
else process.env.${TEMPLATES.file} = template`
}

/** Of test files that need not run whole, by their places: words in the names of the tests that find the damages. */
function namedTests<M extends Mutant>(mutants: readonly M[], suite: Suite<M>) {
  const named: Record<string, (string | undefined)[]> = {}
  for (const [place, mutant] of mutants.entries())
    for (const file of suite.testsFor(mutant))
      for (const copy of [`mutant_${place}`, 'unharmed'])
        (named[`${copy}/${file}`] ??= []).push(mutant.by)
  return Object.fromEntries(Object.entries(named).filter(([, words]) => !words.includes(undefined)))
}

/** One failure finds a damage: the other tests of the file are skipped. */
function firstFailure(named: Record<string, (string | undefined)[]>): string {
  return `import { beforeEach } from 'vitest'
const named = ${JSON.stringify(named)}
const failed = new Set()
beforeEach(({ task, skip, onTestFailed }) => {
  const [copy, , , file] = task.file.filepath.split('/').slice(-4)
  const words = named[copy + '/' + file.replace('.test.ts', '')]
  if (failed.has(task.file.filepath) || words?.some((some) => task.name.includes(some)) === false) skip()
  onTestFailed(() => void failed.add(task.file.filepath))
})`
}

const MODEL_TEST = `import { test } from 'vitest'
import { compareWithModel } from '../support/sequences.ts'
test('the model', () => compareWithModel({ runs: 60, seed: 1, endOnFailure: true }))`

/** The test that is to find a damage here, where no example does so sooner. */
function testOf(file: string): string {
  if (/^db\/sqlite\/(snapshot|statements)/.test(file)) return 'snapshots'
  if (/^db\/(migrations\/|dialect)/.test(file)) return 'constraints'
  return file.startsWith('db/') ? 'durability' : 'model'
}

/** The tests of the ledger on their own: without the faces they take a fraction of the time. */
export const LEDGER_SUITE: Suite = {
  room: 'ledger',
  tests: ['ledger', 'groups', 'model', 'durability', 'constraints', 'snapshots'],
  testsFor: ({ name, file, by }) =>
    name.includes('group')
      ? ['groups']
      : by !== undefined && !file.startsWith('db/')
        ? ['ledger']
        : [testOf(file)],
}

/** Copies a file and all that know it, and links the other sources to those of another copy. */
function shareSources(unharmed: string, target: string, file: string): void {
  const own = importersOf(file)
  for (const entry of readdirSync(join(unharmed, 'src'), {
    recursive: true,
    withFileTypes: true,
  })) {
    if (!entry.isFile()) continue
    const source = join(entry.parentPath, entry.name)
    const path = source.slice(join(unharmed, 'src').length + 1)
    const place = join(target, 'src', path)
    mkdirSync(dirname(place), { recursive: true })
    if (own.has(path.replaceAll(sep, '/'))) cpSync(source, place)
    else symlinkSync(source, place)
  }
}

function copyTests(target: string, { room }: Pick<Suite, 'room'>, tests: readonly string[]): void {
  symlinkSync(join(ROOT, 'node_modules'), join(target, 'node_modules'), 'junction') // for processes
  for (const part of ['tests/support', 'tests/services', 'mcp.json', 'package.json'])
    cpSync(join(ROOT, part), join(target, part), { recursive: true, filter: isNoTest })
  cpSync(join(ROOT, 'tests', room), join(target, 'tests', room), {
    recursive: true,
    filter: isNoTest,
  })
  for (const file of tests.map((name) => `tests/${room}/${name}.test.ts`)) {
    if (file.endsWith('model.test.ts')) writeFileSync(join(target, file), MODEL_TEST)
    else cpSync(join(ROOT, file), join(target, file))
  }
}

function isNoTest(path: string): boolean {
  return !path.endsWith('.test.ts')
}

function damage(target: string, { name, file, from, to }: Mutant): void {
  const path = join(target, 'src', file)
  const parts = readFileSync(path, 'utf8').split(from)
  if (parts.length !== 2) {
    throw new Error(`mutant "${name}": ${file} has its text ${parts.length - 1} times, not once`)
  }
  writeFileSync(path, parts.join(to))
}

type Report = {
  testResults: {
    name: string
    message: string
    assertionResults: { status: string; title: string }[]
  }[]
}

async function runVitest(folder: string): Promise<Report> {
  const outputFile = join(folder, 'report.json')
  const vitest = join(ROOT, 'node_modules/vitest/vitest.mjs')
  const outer = Object.entries(process.env).filter(
    ([name]) => !/^(VITEST|TEST$|NODE_ENV|INKWELL_)/.test(name), // and on SQLite only
  )
  const child = spawn(
    process.execPath,
    [vitest, 'run', '--root', folder, '--reporter=json', '--outputFile', outputFile],
    { env: Object.fromEntries(outer), stdio: ['ignore', 'ignore', 'pipe'] },
  )
  let complaints = ''
  child.stderr.on('data', (text: Buffer) => (complaints += text.toString()))
  await once(child, 'close')
  try {
    return JSON.parse(readFileSync(outputFile, 'utf8')) as Report
  } catch (cause) {
    throw new Error(`the tests of the mutants gave no report: ${complaints}`, { cause })
  }
}

function relativeFolder(folder: string, file: string): string {
  return (
    file
      .replaceAll(sep, '/')
      .split(`/${basename(folder)}/`)[1]
      ?.split('/')[0] ?? ''
  )
}
