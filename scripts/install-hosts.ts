/** Installs the libraries of tests/hosts where they are missing, or older than their lock file. */
import { spawnSync } from 'node:child_process'
import { statSync } from 'node:fs'
import { join } from 'node:path'

const FOLDER = join(import.meta.dirname, '../tests/hosts')

/** When a file was written; 0 where there is none. */
function writtenAt(path: string): number {
  return statSync(join(FOLDER, path), { throwIfNoEntry: false })?.mtimeMs ?? 0
}

if (writtenAt('node_modules/.package-lock.json') < writtenAt('package-lock.json')) {
  const install = ['ci', '--prefix', FOLDER, '--no-audit', '--no-fund']
  process.exitCode = spawnSync('npm', install, { stdio: 'inherit' }).status ?? 1
}
