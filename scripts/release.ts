/**
 * `npm run release -- 0.2.0` sets the version everywhere, dates its section of the change log, commits, tags, and makes
 * the files of the release. `npm run release -- files` only makes those, of the version as it is. docs/releasing.md has
 * the steps around it. It pushes and publishes nothing.
 */
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

const ROOT = resolve(import.meta.dirname, '..')
const FILES = join(ROOT, 'release')
const VERSION = /^\d+\.\d+\.\d+(?:-[\w.]+)?$/
const LOG = 'CHANGELOG.md'

const [asked = ''] = process.argv.slice(2)
if (asked !== 'files') tag(asked)
if (!process.argv.includes('--no-files')) await makeFiles()

/** Checks that a version may be released, and makes its commit and its tag. */
function tag(version: string): void {
  if (!VERSION.test(version)) fail('Name a version, such as 0.2.0, or `files`.')
  if (run('git', 'status', '--porcelain') !== '') fail('Commit or remove what is changed first.')
  const tags = run('git', 'tag', '--list', 'v*').split('\n').filter(Boolean)
  if (tags.includes(`v${version}`)) fail(`Version ${version} is released already.`)
  const section = sectionOf(`${version} (unreleased)`)
  if (tags.length > 0 && !/^- Runs beside: .+Roll back to: /m.test(section))
    fail(
      `The section of ${version} does not say what it runs beside: docs/releasing.md has the form.`,
    )
  rewrite(
    LOG,
    `## ${version} (unreleased)`,
    `## ${version} (${new Date().toISOString().slice(0, 10)})`,
  )
  run('npm', 'version', version, '--no-git-tag-version', '--allow-same-version', '--ignore-scripts')
  rewrite('src/version.ts', /'[^']+'/, `'${version}'`)
  run(process.execPath, 'scripts/gen-docs.ts')
  run('git', 'commit', '--all', '--message', `chore(release): ${version}`)
  run('git', 'tag', '--annotate', `v${version}`, '--message', `Inkwell ${version}`)
  say(`Committed and tagged v${version}.`)
}

/** Makes the files of a release in `release`: package, bundle, list of parts, notes and checksums. */
async function makeFiles(): Promise<void> {
  rmSync(FILES, { recursive: true, force: true })
  mkdirSync(FILES)
  const { build, bundledPackages } = await import('./build.ts') // reads the version, which was just set
  const { sbomOf } = await import('./sbom.ts')
  const metafile = await build(join(ROOT, 'dist'))
  run('npm', 'pack', '--ignore-scripts', '--pack-destination', FILES)
  run(process.execPath, 'scripts/install-workspace.ts', 'packaging')
  run(process.execPath, 'scripts/bundle.ts', FILES)
  write('sbom.cdx.json', sbomOf(bundledPackages(metafile)))
  const { version } = JSON.parse(read('package.json')) as { version: string }
  write('NOTES.md', sectionOf(version))
  const names = readdirSync(FILES)
  write('SHA256SUMS', names.map((name) => `${hashOf(name)}  ${name}\n`).join(''))
  say(`The files of ${version} are in release: ${[...names, 'SHA256SUMS'].join(', ')}.`)
}

/** The section of the change log whose heading begins with a text, without the heading. */
function sectionOf(heading: string): string {
  const [, section] = `${read(LOG)}\n## `.split(`\n## ${heading}`)
  if (section === undefined) return fail(`${LOG} has no section "${heading}".`)
  const [body = ''] = section.split('\n## ')
  return `${body.slice(body.indexOf('\n')).trim()}\n`
}

function hashOf(name: string): string {
  return createHash('sha256')
    .update(readFileSync(join(FILES, name)))
    .digest('hex')
}

function rewrite(path: string, from: string | RegExp, to: string): void {
  writeFileSync(join(ROOT, path), read(path).replace(from, to))
}

function read(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8')
}

function write(name: string, text: string): void {
  writeFileSync(join(FILES, name), text)
}

function run(command: string, ...args: string[]): string {
  const output = execFileSync(command, args, { cwd: ROOT, encoding: 'utf8', maxBuffer: 2 ** 26 })
  return output.trim()
}

function say(text: string): void {
  process.stdout.write(`${text}\n`)
}

function fail(why: string): never {
  process.stderr.write(`${why}\n`)
  process.exit(1)
}
