import { execFile } from 'node:child_process'
import { existsSync, globSync, readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { INVARIANTS } from '../src/verify.ts'
import manifest from '../package.json' with { type: 'json' }

const ROOT = resolve(import.meta.dirname, '..')
const NOT_OURS = ['plugins', 'node_modules', 'dist', 'coverage', 'demo-output']

const pages = globSync('**/*.md', { cwd: ROOT, exclude: (name) => NOT_OURS.includes(name) })
const textOf = (page: string): string => readFileSync(join(ROOT, page), 'utf8')
/** A page without its code blocks: what stands in them is no link. */
const proseOf = (page: string): string => textOf(page).replaceAll(/^```[\s\S]*?^```/gm, '')

/** The anchors that a page's headings make. */
function anchorsOf(page: string): string[] {
  return [...proseOf(page).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  )
}

test('the generated pages say what the code says', { timeout: 120_000 }, async () => {
  const script = join(ROOT, 'scripts/gen-docs.ts')
  await expect(promisify(execFile)(process.execPath, [script, '--check'])).resolves.toBeDefined()
})

test.each(pages)('every link of %s to a file leads somewhere', (page) => {
  const links = [...proseOf(page).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = '']) => link)
  const broken = links
    .filter((link) => !/^[a-z]+:/.test(link))
    .filter((link) => {
      const [path = '', anchor] = link.split('#')
      const target = path === '' ? page : join(dirname(page), path)
      if (!existsSync(join(ROOT, target))) return true
      return anchor !== undefined && !anchorsOf(target).includes(anchor)
    })
  expect(broken).toEqual([])
})

test('the index of the docs lists every page', () => {
  const listed = [...textOf('docs/README.md').matchAll(/\]\(([^)#]+)\)/g)].map(([, link = '']) =>
    join('docs', link),
  )
  const others = pages.filter(
    (page) => page.startsWith('docs') && page !== join('docs', 'README.md'),
  )
  expect(others.filter((page) => !listed.includes(page))).toEqual([])
})

test.each(pages)('%s names no path of one machine and no package registry', (page) => {
  const text = textOf(page)
  expect([ROOT, homedir()].filter((path) => path.length > 1 && text.includes(path))).toEqual([])
  expect(text).not.toMatch(/(?<![\w.])\/(?:home|Users|root|work)\//)
  expect(text).not.toMatch(/registry\.(?:npmjs\.org|npmmirror\.com|yarnpkg\.com)|npm\.pkg\.github/)
  expect(text).not.toMatch(/artifactory|verdaccio|(?:localhost|127\.0\.0\.1):4873/i)
})

test('the page on the ledger lists every invariant that verify runs', () => {
  const listed = [...textOf('docs/ledger.md').matchAll(/^\| (I\d+) /gm)].map(([, number]) => number)
  const proven = INVARIANTS.map((invariant) => invariant.split(' ')[0])
  expect(new Set(listed)).toEqual(new Set(proven))
  expect(listed).toHaveLength(proven.length)
})

test('every hop that ARCHITECTURE.md names is a function of that file', () => {
  const hops = [...textOf('ARCHITECTURE.md').matchAll(/`([\w/-]+\.ts):(\w+)`/g)]
  const missing = hops.filter(([, file = '', name = '']) => {
    const path = join(ROOT, 'src', file)
    const definition = RegExp(`(?:function\\*?|const) ${name}\\b|^ +(?:async )?${name}[:(]`, 'm')
    return !existsSync(path) || !definition.test(readFileSync(path, 'utf8'))
  })
  expect(hops.length).toBeGreaterThan(40)
  expect(missing.map(([hop]) => hop)).toEqual([])
})

test('every runtime dependency is listed with its licence', () => {
  const text = textOf('THIRD_PARTY.md')
  const listed = [...text.matchAll(/^\| `([^`]+)` +\| (.+?) +\|/gm)].map(([, name, licence]) => ({
    name,
    licence,
  }))
  const needed = { ...manifest.dependencies, ...manifest.optionalDependencies }
  const installed = Object.keys(needed)
    .toSorted()
    .map((name) => {
      const installedManifest: unknown = JSON.parse(
        readFileSync(join(ROOT, 'node_modules', name, 'package.json'), 'utf8'),
      )
      return { name, licence: (installedManifest as { license: string }).license }
    })
  expect(listed).toEqual(installed)
})
