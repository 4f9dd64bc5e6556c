import { cpSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { build } from '../../scripts/build.ts'
import { BUILT, REPOSITORY } from './program.ts'

/** Builds Inkwell once for the whole run. While a run watches the sources, tests start them as they are. */
export async function setup({ vitest }: TestProject): Promise<() => void> {
  if (vitest.config.watch || process.env[BUILT] !== undefined) return () => {}
  const folder = mkdtempSync(join(tmpdir(), 'inkwell-built-'))
  symlinkSync(join(REPOSITORY, 'node_modules'), join(folder, 'node_modules'), 'junction')
  cpSync(join(REPOSITORY, 'package.json'), join(folder, 'package.json'))
  await build(join(folder, 'dist'))
  process.env[BUILT] = join(folder, 'dist/cli.js')
  process.env['NODE_COMPILE_CACHE'] = join(folder, 'cache') // also of the workers that run sources
  return () => rmSync(folder, { recursive: true, force: true })
}
