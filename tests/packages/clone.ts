import { mkdtempSync, readFileSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ROOT, run } from './packed.ts'

export type Clone = Disposable & {
  folder: string
  git: (...args: string[]) => Promise<string>
  textOf: (file: string) => string
  write: (file: string, text: string) => void
}

/** A clone with a name to commit by, and the packages that are installed here. */
export async function clone(): Promise<Clone> {
  const folder = mkdtempSync(join(tmpdir(), 'inkwell-clone-'))
  const git = async (...args: string[]): Promise<string> => await run('git', args, { cwd: folder })
  await run('git', ['clone', '--quiet', '--no-tags', ROOT, folder])
  await git('config', 'user.email', 'release@example.com')
  await git('config', 'user.name', 'Release')
  for (const modules of ['node_modules', 'packaging/node_modules'])
    symlinkSync(join(ROOT, modules), join(folder, modules))
  utimesSync(join(folder, 'packaging/package-lock.json'), 0, 0) // older than what is installed
  return {
    folder,
    git,
    textOf: (file) => readFileSync(join(folder, file), 'utf8'),
    write: (file, text) => writeFileSync(join(folder, file), text),
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  }
}
