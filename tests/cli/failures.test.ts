import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { inkwell, preload, temporaryHome, type Home } from '../support/app.ts'

/** A home whose ledger cannot be used. */
function broken(): Home {
  const home = temporaryHome()
  writeFileSync(join(home.path, 'test.db'), 'this is no database')
  return home
}

/** Breaks what every command reads, in a way that nobody foresaw. */
const FAULTY = {
  fromSources: true,
  nodeArgs: preload(`
import { registerHooks } from 'node:module'
registerHooks({ load(url, context, next) {
  const loaded = next(url, context)
  if (!url.endsWith('/src/accounts/accounts.ts')) return loaded
  const [before, after, ...more] = String(loaded.source).split('return rows.map(toAccount)')
  if (after === undefined || more.length > 0) throw new Error('the text to break is not there once')
  return { ...loaded, source: before + 'return rows.nothing.here' + after }
} })`),
}

describe('a command that fails says so in a sentence, and logs only where a level is set', () => {
  test.each([
    ['usage', 1],
    ['call checkUsage', 1],
    ['ledger refund gen_0', 1],
    ['keys update key_0 --name x', 1],
  ])('inkwell %s', async (command, code) => {
    using home = broken()
    const quiet = await inkwell(home, command.split(' '))
    expect(quiet.code).toBe(code)
    const said = `${quiet.stdout}${quiet.stderr}`
    expect(said).toContain('The ledger file is not an SQLite database')
    expect(said).not.toContain('{"level"')
    const logging = await inkwell(home, command.split(' '), { env: { INKWELL_LOG_LEVEL: 'warn' } })
    expect(logging.stdout).toBe(quiet.stdout)
    const entries = logging.stderr.split('\n').filter((line) => line.startsWith('{"level"'))
    expect(entries).toHaveLength(1)
    expect(JSON.parse(entries[0] ?? '')).toMatchObject({ code: 'ledger_unavailable' })
  })

  test('a fault of ours has a reference instead of a stack', async () => {
    using home = temporaryHome()
    const quiet = await inkwell(home, ['accounts', 'list'], FAULTY)
    expect(quiet).toMatchObject({ code: 1, stdout: '' })
    expect(quiet.stderr).toMatch(/^inkwell: Something went wrong on our side \(reference \w{8}\)/)
    expect(quiet.stderr).toContain('INKWELL_LOG_LEVEL=error')
    expect(quiet.stderr).not.toMatch(/^\s+at .*:\d+/m) // no stack
    const env = { INKWELL_LOG_LEVEL: 'error' }
    const { stderr } = await inkwell(home, ['accounts', 'list'], { ...FAULTY, env })
    const [entry = ''] = stderr.split('\n')
    const { reference } = JSON.parse(entry) as { reference: string }
    expect(stderr).toContain(`(reference ${reference})`)
  })
})

// Folders there answer that what is to be made in them does not exist; only Linux has it.
describe.runIf(process.platform === 'linux')('a state folder that cannot be made', () => {
  test.each([{ INKWELL_HOME: '/proc/x' }, { HOME: '/proc' }])('%j ends with words', async (env) => {
    using home = temporaryHome()
    delete home.env['INKWELL_HOME']
    for (const args of [['usage'], ['call', 'generateImage', '{"prompt":"a calm sea"}']]) {
      const { code, stdout, stderr } = await inkwell(home, args, { env })
      expect(code).toBe(1)
      expect(`${stdout}${stderr}`).toMatch(/The ledger file could not be used.*\n?.*INKWELL_HOME/)
    }
    const { stdout } = await inkwell(home, ['doctor'], { env })
    expect(stdout).toMatch(/✗ Ledger +\/proc\/\S+test\.db: The ledger file could not be used/)
  })
})
