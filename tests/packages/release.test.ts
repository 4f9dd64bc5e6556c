import { createHash } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { z } from 'zod'
import manifest from '../../package.json' with { type: 'json' }
import { ROOT, run } from './packed.ts'

/** A clone with a name to commit by, and what `release` needs to run in it. */
async function clone() {
  const folder = mkdtempSync(join(tmpdir(), 'inkwell-release-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const git = async (...args: string[]): Promise<string> => await run('git', args, { cwd: folder })
  await run('git', ['clone', '--quiet', '--no-tags', ROOT, folder])
  await git('config', 'user.email', 'release@example.com')
  await git('config', 'user.name', 'Release')
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'))
  const textOf = (file: string): string => readFileSync(join(folder, file), 'utf8')
  const write = (file: string, text: string): void => writeFileSync(join(folder, file), text)
  const release = async (version: string): Promise<string> =>
    await run(process.execPath, ['scripts/release.ts', version, '--no-files'], { cwd: folder })
  return { folder, git, textOf, write, release }
}

const unreleased = (version: string, upgrade: string): string =>
  `# Changelog\n\n## ${version} (unreleased)\n\n${upgrade}\n### Added\n\n- One thing.\n`

test('a release sets one version everywhere, dates its notes, commits and tags', async () => {
  const { git, textOf, write, release } = await clone()
  write('CHANGELOG.md', unreleased('0.9.0', ''))
  await git('commit', '--all', '--quiet', '--message', 'notes')
  await release('0.9.0')
  expect(textOf('CHANGELOG.md')).toMatch(/^## 0\.9\.0 \(\d{4}-\d\d-\d\d\)$/m)
  expect(textOf('src/version.ts')).toContain("VERSION = '0.9.0'")
  for (const file of ['package.json', 'package-lock.json', 'server.json', 'gemini-extension.json'])
    expect({ file, ...(JSON.parse(textOf(file)) as object) }).toMatchObject({ version: '0.9.0' })
  expect(await git('tag', '--list')).toBe('v0.9.0\n')
  expect(await git('status', '--porcelain')).toBe('')
  await expect(release('0.9.0')).rejects.toThrow('is released already')
})

test('nothing is released without a section, with changes, or without what it runs beside', async () => {
  const { git, write, release } = await clone()
  await expect(release('0.9.0')).rejects.toThrow('CHANGELOG.md has no section "0.9.0 (unreleased)"')
  await expect(release('next')).rejects.toThrow('Name a version')
  write('CHANGELOG.md', unreleased('0.9.1', ''))
  await expect(release('0.9.1')).rejects.toThrow('Commit or remove what is changed first')
  await git('commit', '--all', '--quiet', '--message', 'notes')
  await git('tag', '--annotate', 'v0.9.0', '--message', 'earlier')
  await expect(release('0.9.1')).rejects.toThrow('docs/releasing.md has the form')
  const upgrade = '### Upgrade\n\n- Runs beside: 0.9.0 and newer. Roll back to: 0.9.0 or newer.\n'
  write('CHANGELOG.md', unreleased('0.9.1', upgrade))
  await git('commit', '--all', '--quiet', '--message', 'notes')
  await release('0.9.1')
  expect(await git('tag', '--list')).toBe('v0.9.0\nv0.9.1\n')
})

const Sbom = z.object({
  metadata: z.object({ component: z.object({ name: z.string(), type: z.string() }) }),
  components: z.array(z.object({ name: z.string() })),
})

test('one command makes the files of a release in a clean clone', async () => {
  const { folder, git, textOf } = await clone()
  const before = await git('status', '--porcelain')
  await run('npm', ['run', 'release', '--', 'files'], { cwd: folder })
  expect(await git('status', '--porcelain')).toBe(before)

  const named = `inkwell-mcp-${manifest.version}`
  const bundle = `${named}-${process.platform}-${process.arch}.mcpb`
  const files = ['NOTES.md', bundle, `${named}.tgz`, 'sbom.cdx.json']
  const hash = (name: string) =>
    createHash('sha256')
      .update(readFileSync(join(folder, 'release', name)))
      .digest('hex')
  expect(readdirSync(join(folder, 'release'))).toEqual([
    'NOTES.md',
    'SHA256SUMS',
    bundle,
    ...files.slice(2),
  ])
  expect(textOf('release/SHA256SUMS')).toBe(
    files.map((name) => `${hash(name)}  ${name}\n`).join(''),
  )
  expect(textOf('release/NOTES.md')).toMatch(/^- /m)

  const { metadata, components } = Sbom.parse(JSON.parse(textOf('release/sbom.cdx.json')))
  expect(metadata.component).toEqual({ name: 'inkwell-mcp', type: 'application' })
  const parts = components.map(({ name }) => name)
  const inside = ['@modelcontextprotocol/server', 'hono', 'kysely', 'zod']
  expect(parts).toEqual(expect.arrayContaining([...Object.keys(manifest.dependencies), ...inside]))
  expect(parts.filter((name) => ['vitest', 'typescript', 'esbuild'].includes(name))).toEqual([])
}, 300_000)
