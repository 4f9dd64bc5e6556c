import { globSync, readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join, relative, resolve } from 'node:path'
import { expect, test } from 'vitest'
import manifest from '../package.json' with { type: 'json' }
import { VERSION } from '../src/version.ts'
import { files, foldersInCircles, imports, inside, textOf } from './support/imports.ts'

const REPOSITORY = resolve(import.meta.dirname, '..')

/** Files named after the vendor they wrap, each with a folder of its own: only adapters.ts may know them. */
const ADAPTERS = [
  'db/sqlite',
  'db/postgres',
  'providers/fal',
  'providers/local',
  'limits/rate-limiter',
  'billing/stripe',
  'billing/test-checkout',
  'connect/oidc-provider',
  'media/s3',
  'connect/openid-client',
  'tracing/opentelemetry',
]

/** Rooms from the inside out: a file may import its own room and any room listed before it. */
const ROOMS: readonly (readonly string[])[] = [
  [
    'money.ts',
    'mode.ts',
    'bytes.ts',
    'clock.ts',
    'errors.ts',
    'crypto.ts',
    'ids.ts',
    'json-bounds.ts',
    'nearest.ts',
    'at-most.ts',
    'at-once.ts',
    'once.ts',
    'text.ts',
    'trace.ts',
    'metrics.ts',
    'folder.ts',
    'version.ts',
    'network',
  ],
  // What an image is, and the one way in which its bytes are opened.
  ['media/image.ts', 'media/sharp.ts'],
  ['studio'],
  ['pricing'],
  ['config'],
  ['config.ts', 'log.ts', 'to-app-error.ts'],
  // What rows look like. The database knows the tables of every room, and no room's rules.
  ['db/schema'],
  ['db'],
  ['alerts'],
  ['ledger'],
  ['accounts'],
  ['approvals'],
  ['operator'],
  ['limits'],
  ['providers/provider.ts', 'providers/run-files.ts'],
  ['media'],
  ['generations', 'usage', 'billing', 'connect'],
  ['verify.ts'],
  ['receipts'],
  ['tools'],
  ADAPTERS.flatMap((adapter) => [adapter, `${adapter}.ts`]),
  ['adapters.ts'],
  ['app.ts'],
  ['web'],
  ['server'],
  ['cli'],
]

/** What a start on stdio may load. Everything else waits for its first use. */
const LOADED_AT_START = [
  '@modelcontextprotocol/server',
  '@modelcontextprotocol/server/ext/skills',
  '@modelcontextprotocol/server/stdio',
  'zod',
]

/** The room of a file: the most exact name in the list that fits it. */
function rank(file: string): number {
  const names = ROOMS.flatMap((room, place) => room.map((name) => ({ name, place })))
  const fitting = names.filter(({ name }) => file === name || file.startsWith(`${name}/`))
  return fitting.toSorted((a, b) => b.name.length - a.name.length)[0]?.place ?? -1
}

function adapterOf(file: string): string | undefined {
  return ADAPTERS.find((adapter) => file === `${adapter}.ts` || file.startsWith(`${adapter}/`))
}

/** The packages that are loaded with these files, before anything runs. */
function packagesLoadedWith(entries: string[]): string[] {
  const reached = new Set(entries)
  const packages = new Set<string>()
  for (const file of reached) {
    for (const { target } of imports.filter(
      (one) => one.file === file && one.isStatic && !one.isType,
    )) {
      if (target.endsWith('.ts')) reached.add(target)
      else if (!target.startsWith('node:')) packages.add(target)
    }
  }
  return [...packages].toSorted()
}

test('every file belongs to a room and imports point inwards only', () => {
  expect(files.filter((file) => rank(file) < 0)).toEqual([])
  const outward = inside.filter(({ file, target }) => rank(target) > rank(file))
  expect(outward.map(({ file, target }) => `${file} -> ${target}`)).toEqual([])
})

test('no folder leads back to itself by imports, those of types included', () => {
  expect(foldersInCircles()).toEqual([])
})

test('only adapters.ts knows an adapter', () => {
  const users = inside.filter(({ file, target }) => {
    const adapter = adapterOf(target)
    return adapter !== undefined && adapter !== adapterOf(file)
  })
  expect([...new Set(users.map(({ file }) => file))]).toEqual(['adapters.ts'])
})

/** All that pictures may know of the rest of Inkwell. */
const KNOWN_TO_THE_STUDIO = ['errors.ts', 'media/image.ts', 'media/sharp.ts', 'text.ts']

test('the studio knows the innermost files only, and only its adapter knows the studio', () => {
  const isStudio = (file: string) => file.startsWith('studio/')
  const known = inside.filter(({ file, target }) => isStudio(file) && !isStudio(target))
  expect([...new Set(known.map(({ target }) => target))].toSorted()).toEqual(KNOWN_TO_THE_STUDIO)
  const users = inside.filter(({ file, target }) => !isStudio(file) && isStudio(target))
  expect([...new Set(users.map(({ file }) => adapterOf(file)))]).toEqual(['providers/local'])
  expect([...new Set(users.map(({ target }) => target))]).toEqual(['studio/studio.ts'])
})

test('a start on stdio loads the SDK and zod, and no heavy library before its first use', () => {
  const entries = ['cli/cli.ts', 'cli/main.ts', 'server/stdio.ts', 'app.ts']
  expect(packagesLoadedWith(entries)).toEqual(LOADED_AT_START)
})

test('the bin checks the version of Node.js before it loads anything else', () => {
  expect(imports.filter(({ file, isStatic }) => file === 'cli/cli.ts' && isStatic)).toEqual([])
})

test.each([
  { what: /process\.env/, allowed: ['config.ts'] },
  { what: /default-src/, allowed: ['web/responses/policy.ts'] },
  { what: /hono\/html/, allowed: [] },
  { what: /process\.stdout|\bconsole\./, allowed: ['cli/', 'server/stdio.ts'] },
  // Type stripping leaves it in, and the oldest supported Node.js cannot read it.
  { what: /^\s*(?:await )?using \w+ =/m, allowed: [] },
])('$what appears only in $allowed', ({ what, allowed }) => {
  const found = files.filter((file) => what.test(textOf(file)))
  expect(found.filter((file) => !allowed.some((name) => file.startsWith(name)))).toEqual([])
})

test('all pages have one stylesheet', () => {
  expect(globSync('**/*.css', { cwd: join(REPOSITORY, 'src') })).toEqual([
    join('web', 'assets', 'style.css'),
  ])
})

test('files are short: half have at most 70 lines and none more than 250', () => {
  const lengths = files
    .map((file) => ({ file, lines: textOf(file).trimEnd().split('\n').length }))
    .toSorted((a, b) => a.lines - b.lines)
  expect(lengths[lengths.length >> 1]?.lines).toBeLessThanOrEqual(70)
  expect(lengths.filter(({ lines }) => lines > 250)).toEqual([])
})

test('every tool has a file of its own name', async () => {
  const { TOOL_NAMES } = await import('../src/tools/names.ts')
  const kebab = (name: string) => name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
  const missing = TOOL_NAMES.filter((name) => !files.includes(`tools/${kebab(name)}.ts`))
  expect(missing).toEqual([])
})

test('the version in the source is the one of the package', () => {
  expect(VERSION).toBe(manifest.version)
})

test('no file names a folder of the machine it was written on, or a package registry', () => {
  const host = ['registry', 'npmjs', 'org'].join('.') // in pieces: this file is looked at too
  const registry = URL.parse(process.env.npm_config_registry ?? '')?.host ?? host
  const folders = [dirname(REPOSITORY), homedir()].filter((folder) => folder.length > 1)
  const traces = [...folders.map((folder) => `${folder}/`), host, registry]
  const ignored = readFileSync(join(REPOSITORY, '.gitignore'), 'utf8').split('\n')
  const all = globSync('**/*', {
    cwd: REPOSITORY,
    withFileTypes: true,
    exclude: ({ name }) => name === '.git' || ignored.includes(name),
  }).filter((entry) => entry.isFile())
  const found = all
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => {
      const text = readFileSync(path, 'latin1')
      return traces.some((trace) => text.includes(trace))
    })
  expect(found.map((path) => relative(REPOSITORY, path))).toEqual([])
})

test.each([
  'package-lock.json',
  'packaging/package-lock.json',
  'site/package-lock.json',
  'tests/hosts/package-lock.json',
])('%s records no place where packages were fetched', (lock) => {
  expect(readFileSync(join(REPOSITORY, lock), 'utf8')).not.toContain('"resolved"')
})
