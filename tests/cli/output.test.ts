import { spawn } from 'node:child_process'
import { openSync, closeSync } from 'node:fs'
import { text } from 'node:stream/consumers'
import { describe, expect, test } from 'vitest'
import { ARGS, COMMAND, examine, REPOSITORY, temporaryHome, type Home } from '../support/app.ts'

type Ran = { code: number | null; stderr: string }

/** Runs a command whose reader goes at once, before it has read anything. */
async function unread(home: Home, args: readonly string[]): Promise<Ran> {
  const child = spawn(COMMAND, [...ARGS, ...args], {
    cwd: REPOSITORY,
    env: home.env,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  child.stdout.destroy()
  const code = new Promise<number | null>((done) => child.once('close', done))
  return { stderr: await text(child.stderr), code: await code }
}

/** Runs a command whose output goes to a file. */
async function into(home: Home, file: string, args: readonly string[]): Promise<Ran> {
  const output = openSync(file, 'w')
  const child = spawn(COMMAND, [...ARGS, ...args], {
    cwd: REPOSITORY,
    env: home.env,
    stdio: ['ignore', output, 'pipe'],
  })
  closeSync(output)
  const code = new Promise<number | null>((done) => child.once('close', done))
  return { stderr: await text(child.stderr), code: await code }
}

const DRAFT = '{"prompt":"a tile","imageSize":"square"}'

describe('a reader that goes', () => {
  test.each([
    [['pricing'], 0],
    [['pricing', '--json'], 0],
    [['usage'], 0],
    [['--help'], 0],
    [['call', 'getGeneration', '{"id":"gen_0"}'], 1],
    [['call', 'unheardOf'], 2],
  ])('ends `inkwell %j` quietly, with the exit code that it has anyway: %i', async (args, code) => {
    using home = temporaryHome()
    const ran = await unread(home, args)
    expect(ran.code).toBe(code)
    if (code !== 2) expect(ran.stderr).toBe('')
    expect(ran.stderr).not.toMatch(/^\s+at .*:\d+/m) // no stack
  })

  test('does not stop what is being paid for', async () => {
    using home = temporaryHome()
    expect(await unread(home, ['call', 'generateImage', DRAFT])).toEqual({ code: 0, stderr: '' })
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
      const { code, stderr } = await into(home, '/dev/full', args)
      expect(code).toBe(1)
      expect(stderr).toMatch(/^inkwell: The output could not be written \(ENOSPC.*\)\.\n$/)
    },
  )
})
