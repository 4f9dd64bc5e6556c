/**
 * Makes the bundle that Claude Desktop installs with a click (`.mcpb`): the server, built anew, with its packages for
 * this platform, and a manifest. Prints the file.
 */
import { execFileSync } from 'node:child_process'
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import manifest from '../package.json' with { type: 'json' }
import { build } from './build.ts'
import { bundleManifest } from './docs/manifests.ts'

const ROOT = resolve(import.meta.dirname, '..')
const MCPB = join(ROOT, 'packaging/node_modules/.bin/mcpb')
const PARTS = ['package.json', 'package-lock.json', '.npmrc', 'LICENSE', 'THIRD_PARTY.md']

const folder = resolve(process.argv[2] ?? '.')
const file = join(
  folder,
  `${manifest.name}-${manifest.version}-${process.platform}-${process.arch}.mcpb`,
)
const stage = mkdtempSync(join(tmpdir(), 'inkwell-bundle-'))
try {
  for (const part of PARTS) cpSync(join(ROOT, part), join(stage, part))
  await build(join(stage, 'dist'))
  cpSync(join(ROOT, 'packaging/icon.png'), join(stage, 'icon.png'))
  writeFileSync(join(stage, 'manifest.json'), bundleManifest(process.platform))
  run('npm', ['ci', '--omit=dev', '--ignore-scripts', '--no-audit', '--no-fund'])
  run(MCPB, ['validate', 'manifest.json'])
  run(MCPB, ['pack', '.', file])
} finally {
  rmSync(stage, { recursive: true, force: true })
}
process.stdout.write(`${file}\n`)

/** Runs a program in the folder of the bundle; what it says goes to stderr. Throws if it fails. */
function run(command: string, args: string[]): void {
  execFileSync(command, args, { cwd: stage, stdio: ['ignore', 2, 2] })
}
