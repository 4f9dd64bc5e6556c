/** Installs the packages of a folder with a lock file of its own, where they are missing or older than it. */
import { spawnSync } from 'node:child_process'
import { statSync } from 'node:fs'
import { join } from 'node:path'

const folder = join(import.meta.dirname, '..', process.argv[2] ?? 'tests/hosts')

/** When a file was written; 0 where there is none. */
function writtenAt(path: string): number {
  return statSync(join(folder, path), { throwIfNoEntry: false })?.mtimeMs ?? 0
}

if (writtenAt('node_modules/.package-lock.json') < writtenAt('package-lock.json')) {
  const install = ['ci', '--prefix', folder, '--no-audit', '--no-fund']
  process.exitCode = spawnSync('npm', install, { stdio: 'inherit' }).status ?? 1
}
