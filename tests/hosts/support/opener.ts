import { spawnSync } from 'node:child_process'
import { constants, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { open, readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import type { Settings } from '../../support/app.ts'

/** A stand-in for the person's browser: a program that hands on what it is told to open. */
export type Opener = AsyncDisposable & {
  /** The settings of a process that finds it. */
  env: Settings
  /** The next address that a program opens. */
  opened(): Promise<string>
}

/** Makes the program under each name by which browsers are opened. */
export function browserOpener(): Opener {
  const folder = mkdtempSync(join(tmpdir(), 'inkwell-browser-'))
  const pipe = join(folder, 'opened')
  const program = join(folder, 'xdg-open')
  if (spawnSync('mkfifo', [pipe]).status !== 0) throw new Error('no pipe was made')
  writeFileSync(program, `#!/bin/sh\nprintf '%s' "$1" > '${pipe}'\n`, { mode: 0o755 })
  return {
    env: { PATH: [folder, process.env.PATH].join(delimiter), BROWSER: program, DISPLAY: ':0' },
    opened: () => readFile(pipe, 'utf8'),
    [Symbol.asyncDispose]: async () => {
      // Whoever still waits at the pipe is let go.
      const end = await open(pipe, constants.O_WRONLY | constants.O_NONBLOCK).catch(() => null)
      await end?.close()
      rmSync(folder, { recursive: true })
    },
  }
}
