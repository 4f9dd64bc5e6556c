import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import type { TestProject } from 'vitest/node'
import { z } from 'zod'

export const ROOT = resolve(import.meta.dirname, '../..')

/** A program of the workspace `packaging`. */
export const tool = (name: string): string => join(ROOT, 'packaging/node_modules/.bin', name)

/** Runs a program and returns what it printed. Throws, with its output, if it fails. */
export async function run(
  command: string,
  args: readonly string[],
  options: { cwd?: string; env?: NodeJS.ProcessEnv } = {},
): Promise<string> {
  const { stdout, stderr } = await promisify(execFile)(command, args, {
    cwd: ROOT,
    maxBuffer: 64 * 1024 ** 2,
    ...options,
  }).catch((error: { stdout?: string; stderr?: string; message: string }) => {
    throw new Error(`${error.message}\n${error.stdout ?? ''}\n${error.stderr ?? ''}`)
  })
  return stdout + stderr
}

const Packed = z.object({
  filename: z.string(),
  files: z.array(z.object({ path: z.string(), size: z.number() })),
})

/** A package as npm would publish it. */
export type Package = z.infer<typeof Packed> & { tarball: string }

declare module 'vitest' {
  interface ProvidedContext {
    packed: Package
  }
}

/** Builds and packs Inkwell, once for all files of these tests. */
export async function setup(project: TestProject): Promise<() => void> {
  const folder = mkdtempSync(join(tmpdir(), 'inkwell-pack-'))
  await run('npm', ['run', '--silent', 'build'])
  const args = ['pack', '--json', '--ignore-scripts', '--pack-destination', folder]
  const { stdout } = await promisify(execFile)('npm', args, { cwd: ROOT, maxBuffer: 2 ** 26 })
  const answer: unknown = JSON.parse(stdout)
  const [first] = Array.isArray(answer) ? answer : Object.values(answer as object)
  const packed = Packed.parse(first)
  project.provide('packed', { ...packed, tarball: join(folder, packed.filename) })
  return () => rmSync(folder, { recursive: true, force: true })
}
