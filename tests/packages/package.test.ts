import { readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, inject, test } from 'vitest'
import { build } from '../../scripts/build.ts'
import { BROWSER_SCRIPTS } from '../../src/web/assets/script.ts'
import { temporaryFolder } from '../support/databases.ts'
import { ROOT, run, tool } from './packed.ts'

/** Limits of the program, unpacked, and of its part that is our own code; the rest is code and weights of packages, 56 MB that nobody installs. */
const MAX_BYTES = 4_600_000
const OWN_MAX_BYTES = 1_200_000

/** What pages link to that is no part of the package: pictures, and what only a clone has. */
const ELSEWHERE = /^(?:docs\/(?:gallery|images)|src|tests)\//

const packed = inject('packed')

test('the program takes at most 4.6 MB, and no map points at sources that are not there', () => {
  const own = packed.files.filter(({ path }) => path.startsWith('dist/'))
  expect(own.reduce((sum, { size }) => sum + size, 0)).toBeLessThan(MAX_BYTES)
  expect(own.filter(({ path }) => path.endsWith('.map'))).toEqual([])
})

test('our own code takes at most 1.2 MB of it', async () => {
  using folder = temporaryFolder()
  const { outputs } = await build(folder.path)
  const parts = Object.values(outputs).flatMap(({ inputs }) => Object.entries(inputs))
  const own = parts.filter(([file]) => !file.includes('node_modules/'))
  const browser = BROWSER_SCRIPTS.map((name) => statSync(join(folder.path, `${name}.js`)).size)
  const sizes = [...own.map(([, { bytesInOutput }]) => bytesInOutput), ...browser]
  expect(own.length).toBeGreaterThan(500)
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(OWN_MAX_BYTES)
})

test('until tools/list is answered, a server reads 12 files, below 0.9 MB, and no driver', async () => {
  using folder = temporaryFolder()
  const { outputs } = await build(folder.path)
  const read = new Set<string>()
  const external = new Set<string>()
  const load = (file: string): void => {
    if (read.has(file)) return
    read.add(file)
    for (const { path, kind, external: isOutside } of outputs[file]?.imports ?? []) {
      if (kind === 'dynamic-import') continue
      if (isOutside) external.add(path)
      else load(path)
    }
  }
  const entries = [/\/cli\.js$/, /\/protocol-stdout-/, /\/main-/, /\/stdio-/]
  for (const entry of entries) load(Object.keys(outputs).find((file) => entry.test(file)) ?? '')
  const sizes = [...read].map((file) => outputs[file]?.bytes ?? Number.NaN)
  expect(read.size).toBeLessThanOrEqual(12)
  expect(sizes.reduce((sum, size) => sum + size)).toBeLessThan(900_000)
  expect([...external].filter((path) => !path.startsWith('node:'))).toEqual([])
  expect(external).not.toContain('node:zlib')
  expect(external).not.toContain('node:crypto')
})

test('what the pages of the package link to is in it', () => {
  const inside = new Set(packed.files.map(({ path }) => path))
  const broken = [...inside]
    .filter((path) => path.endsWith('.md') && path !== 'CHANGELOG.md')
    .flatMap((page) => {
      const text = readFileSync(join(ROOT, page), 'utf8').replaceAll(/^```[\s\S]*?^```/gm, '')
      return [...text.matchAll(/\]\(([^)\s#]+)[^)]*\)/g)]
        .map(([, link = '']) => ({ page, target: join(dirname(page), link), link }))
        .filter(({ link }) => !/^[a-z]+:/.test(link))
    })
    .filter(({ target }) => !inside.has(target) && target !== 'docs/adr')
  expect(broken.filter(({ page }) => page === 'README.md')).toEqual([])
  expect(
    broken.filter(({ page, target }) => page.startsWith('docs/') && !ELSEWHERE.test(target)),
  ).toEqual([])
})

test('the licences of the code in it are in it', () => {
  const text = readFileSync(join(ROOT, 'dist/licences.txt'), 'utf8')
  for (const name of [
    '@aws-sdk/client-s3',
    '@modelcontextprotocol/server',
    '@websr/websr',
    'stripe',
    'zod',
  ])
    expect(text.split('\n')).toContain(name)
})

test('publint has nothing to say', async () => {
  expect(await run(tool('publint'), [packed.tarball, '--strict'])).toContain('All good!')
})

test('the package is a command, with nothing to import', async () => {
  expect(await run(tool('attw'), [packed.tarball, '--profile', 'esm-only'])).not.toContain('💥')
})
