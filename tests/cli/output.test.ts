import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { openSync, closeSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { ARGS, COMMAND, examine, REPOSITORY, temporaryHome, type Home } from '../support/app.ts'

type Ran = { code: number | null; stderr: string }

/** Runs a command whose output goes to a file; without one its reader goes before it has read anything. */
async function run(home: Home, args: readonly string[], file?: string): Promise<Ran> {
  const output = file === undefined ? 'pipe' : openSync(file, 'w')
  const child = spawn(COMMAND, [...ARGS, ...args], {
    cwd: REPOSITORY,
    env: home.env,
    stdio: ['ignore', output, 'pipe'],
  })
  child.stdout?.destroy()
  if (typeof output === 'number') closeSync(output)
  const ended = once(child, 'close') as Promise<[number | null]>
  let stderr = ''
  child.stderr?.on('data', (part: Buffer) => (stderr += part.toString()))
  const [code] = await ended
  return { code, stderr }
}

const DRAFT = '{"prompt":"a tile","imageSize":"square"}'

describe('a reader that goes', () => {
  test.each([
    [['pricing'], 0],
    [['pricing', '--json'], 0],
    [['usage'], 0],
    [['--help'], 0],
    [['call', 'getGeneration', '{"id":"gen_0"}'], 1],
  ])('ends `inkwell %j` quietly, with the exit code that it has anyway: %i', async (args, code) => {
    using home = temporaryHome()
    expect(await run(home, args)).toEqual({ code, stderr: '' })
  })

  test('does not stop what is being paid for', async () => {
    using home = temporaryHome()
    expect(await run(home, ['call', 'generateImage', DRAFT])).toEqual({ code: 0, stderr: '' })
    expect(home.outputs()).toHaveLength(1)
    expect(await examine(home)).toMatchObject({ available: 4_950_000, held: 0, difference: null })
  })
})

// A device that is always full, which only Linux has.
describe.runIf(process.platform === 'linux')('a full disk behind the output', () => {
  test.each([['pricing'], ['usage'], ['--help'], ['call generateImage']])(
    'ends `inkwell %s` with 1 and one sentence',
    async (command) => {
      using home = temporaryHome()
      const args = command.startsWith('call') ? [...command.split(' '), DRAFT] : [command]
      const { code, stderr } = await run(home, args, '/dev/full')
      expect(code).toBe(1)
      expect(stderr).toMatch(/^inkwell: The output could not be written \(ENOSPC.*\)\.\n$/)
    },
  )
})
