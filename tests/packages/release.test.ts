import { expect, test } from 'vitest'
import { clone, type Clone } from './clone.ts'
import { run } from './packed.ts'

const releaseIn =
  ({ folder }: Clone) =>
  async (version: string): Promise<string> =>
    await run(process.execPath, ['scripts/release.ts', version, '--no-files'], { cwd: folder })

const unreleased = (version: string, upgrade: string): string =>
  `# Changelog\n\n## ${version} (unreleased)\n\n${upgrade}\n### Added\n\n- One thing.\n`

test('a release sets one version everywhere, dates its notes, commits and tags', async () => {
  using here = await clone()
  const { git, textOf, write } = here
  const release = releaseIn(here)
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
  using here = await clone()
  const { git, write } = here
  const release = releaseIn(here)
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
