import { cpSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build as esbuild } from 'esbuild'
import type { TestProject } from 'vitest/node'
import manifest from '../../package.json' with { type: 'json' }
import { build } from '../../scripts/build.ts'
import { BUILT, REPOSITORY, WORKERS, workerPlace } from './program.ts'

/** Builds Inkwell once for the whole run. While a run watches the sources, tests start them as they are. */
export async function setup({ vitest }: TestProject): Promise<() => void> {
  if (vitest.config.watch || process.env[BUILT] !== undefined) return () => {}
  const folder = mkdtempSync(join(tmpdir(), 'inkwell-built-'))
  symlinkSync(join(REPOSITORY, 'node_modules'), join(folder, 'node_modules'), 'junction')
  cpSync(join(REPOSITORY, 'package.json'), join(folder, 'package.json'))
  await build(join(folder, 'dist'))
  process.env[BUILT] = join(folder, 'dist/cli.js')
  await buildWorkers(process.env[BUILT])
  process.env['NODE_COMPILE_CACHE'] = join(folder, 'cache') // also of the workers that run sources
  return () => rmSync(folder, { recursive: true, force: true })
}

/** Bundles what tests start as processes of their own, which then start in a third of the time. */
async function buildWorkers(program: string): Promise<void> {
  await esbuild({
    entryPoints: WORKERS.map((name) => join(import.meta.dirname, `${name}.ts`)),
    outdir: workerPlace(program),
    bundle: true,
    splitting: true,
    external: Object.keys(manifest.dependencies),
    format: 'esm',
    platform: 'node',
    target: 'node24',
  })
}
