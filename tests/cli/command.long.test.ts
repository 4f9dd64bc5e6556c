import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { CATALOG } from '../../src/pricing/catalog.ts'
import { VERSION } from '../../src/version.ts'
import { emptyHome, inkwell, preload, temporaryHome } from '../support/app.ts'
import type { ToolResult } from '../support/clients.ts'

describe('a setting that cannot be taken literally', () => {
  const budgets = [
    'INKWELL_MAX_USD_PER_RUN',
    'ANIMATE_MAX_USD_PER_RUN',
    'INKWELL_MAX_USD_PER_DAY',
    'INKWELL_MONTHLY_LIMIT_USD',
  ]
  const values = [
    'five',
    '5,00',
    '-1',
    'NaN',
    '1e999',
    'Infinity',
    '0x10',
    '5.0000001',
    '$5',
    '1 000',
  ]

  // Each value once, at a command or at the server; config.test.ts has every pair.
  test.each(
    values.map((value, number) => ({
      variable: budgets[number % budgets.length] ?? '',
      value,
      args: number % 2 === 0 ? [] : ['usage'],
    })),
  )('$variable=$value stops inkwell $args with exit code 2, named', async (given) => {
    using home = emptyHome({ [given.variable]: given.value })
    const { code, stdout, stderr } = await inkwell(home, given.args)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain(given.variable)
    expect(stderr.trim().split('\n')).toHaveLength(1)
    expect(readdirSync(home.path)).toEqual([])
  })

  test.each([
    ['INKWELL_UNKNOWN_MODELS', 'perhaps'],
    ['INKWELL_LOG_LEVEL', 'loud'],
    ['INKWELL_SESSION_ID', 'two words'],
    ['INKWELL_DATABASE_URL', 'mysql://u:p4ssw0rd@host/db'],
    ['INKWELL_DATABASE_URL', 'sqlite:relative.db'],
    ['INKWELL_PRICES', '/no/such/file.json'],
  ])('%s=%s stops it too, and no secret is repeated', async (variable, value) => {
    using home = temporaryHome({ [variable]: value })
    const { code, stdout, stderr } = await inkwell(home, ['pricing'])
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain(variable)
    expect(stderr).not.toContain('p4ssw0rd')
  })

  test('a bad price of the operator stops it and is named', async () => {
    using home = temporaryHome()
    const file = join(home.path, 'prices.json')
    writeFileSync(file, '{"acme/x":{"usd":"-1","operation":"run"}}')
    const ran = await inkwell(home, ['pricing'], { env: { INKWELL_PRICES: file } })
    expect(ran).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('acme/x') })
  })
})

test('an old Node.js is refused with a sentence before anything native is loaded', async () => {
  using home = emptyHome()
  const old = preload(`
    import { registerHooks } from 'node:module'
    Object.defineProperty(process.versions, 'node', { value: '20.20.2' })
    const dlopen = process.dlopen
    process.dlopen = (...args) => { console.error('NATIVE'); return dlopen.apply(process, args) }
    registerHooks({ resolve: (name, context, next) => {
      if (!name.startsWith('node:') && !/cli.[jt]s/.test(name)) console.error('LOADED ' + name)
      return next(name, context)
    } })`)
  for (const args of [[], ['usage']]) {
    const { code, stdout, stderr } = await inkwell(home, args, { nodeArgs: old })
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toMatch(/needs Node\.js 22\.18 or newer; this is 20\.20\.2\..*\n$/)
    expect(stderr).not.toMatch(/NATIVE|LOADED/)
  }
  expect(readdirSync(home.path)).toEqual([])
})

describe('exit codes', () => {
  test.each([
    ['usage'],
    ['billing'],
    ['pricing'],
    ['ledger verify'],
    ['doctor'],
    ['--help'],
    ['--version'],
  ])('`inkwell %s` ends with 0', async (command) => {
    using home = temporaryHome()
    expect(await inkwell(home, command.split(' '))).toMatchObject({ code: 0, stderr: '' })
  })

  test.each([
    'unheard-of',
    'usage --unheard-of',
    'usage histroy',
    'call',
    'call unheardOf',
    'call generateImage {not-json',
    'ledger',
    'ledger refund',
    'stdio extra',
  ])('`inkwell %s` is wrong usage: 2, and says why on stderr', async (command) => {
    using home = temporaryHome()
    const { code, stdout, stderr } = await inkwell(home, command.split(' '))
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).not.toBe('')
    expect(stderr).not.toMatch(/^\s+at .*:\d+/m) // no stack
  })

  test('a tool that refuses ends with 1', async () => {
    using home = temporaryHome()
    const ran = await inkwell(home, ['call', 'getGeneration', '{"id":"gen_0000"}'])
    expect(ran).toMatchObject({ code: 1, stdout: expect.stringContaining('no generation') })
  })
})

test('--version prints the version of the package', async () => {
  using home = temporaryHome()
  expect((await inkwell(home, ['--version'])).stdout).toBe(`${VERSION}\n`)
})

test('--help lists the commands', async () => {
  using home = temporaryHome()
  const { stdout } = await inkwell(home, ['--help'])
  for (const command of ['usage', 'billing', 'call', 'pricing', 'ledger', 'doctor', 'stdio'])
    expect(stdout).toContain(`\n  ${command}`)
})

test('a server ends with 0 when there is no stdin, and prints nothing on stdout', async () => {
  using home = emptyHome()
  for (const args of [[], ['stdio']])
    expect(await inkwell(home, args)).toEqual({ code: 0, stdout: '', stderr: '' })
  expect(existsSync(join(home.path, 'test.db'))).toBe(false)
})

test('inkwell pricing lists every model with its price', async () => {
  using home = temporaryHome()
  const { stdout } = await inkwell(home, ['pricing'])
  const line = (id: string) => stdout.split('\n').find((row) => row.startsWith(`  ${id} `)) ?? ''
  for (const { id, operation } of CATALOG) expect(line(id)).toContain(` ${operation} `)
  expect(line('fal-ai/flux/schnell')).toContain(' $0.003 ')
  expect(line('fal-ai/flux-2-flex')).toMatch(/ \$0\.05 .*\(default\)$/)
  expect(stdout).toContain('  Unlisted models cost $0.05.')
  for (const [policy, says] of [
    ['refuse', 'are refused.'],
    ['upstream', 'cost what fal.ai asks, or are refused.'],
  ] as const) {
    const env = { INKWELL_UNKNOWN_MODELS: policy }
    expect((await inkwell(home, ['pricing'], { env })).stdout).toContain(
      `  Unlisted models ${says}`,
    )
  }
  const json = JSON.parse((await inkwell(home, ['pricing', '--json'])).stdout) as {
    models: object[]
  }
  expect(json.models).toHaveLength(28)
})

test('inkwell call prints the text of a tool, or its whole result', async () => {
  using home = temporaryHome()
  const args = ['call', 'generateImage', '{"prompt":"calm sea","imageSize":"square"}']
  const text = await inkwell(home, args)
  expect(text).toMatchObject({ code: 0, stderr: '' })
  expect(text.stdout).toMatch(/^Saved .*\.png .*\$0\.05 in test credits.*\n$/)
  const json = JSON.parse((await inkwell(home, [...args, '--json'])).stdout) as ToolResult
  expect(json.structuredContent).toMatchObject({
    status: 'completed',
    balance: { micro: 4_900_000 },
  })
  expect(await inkwell(home, ['call', 'checkUsage'])).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('Balance: $4.90'),
  })
})

test('a file that is no ledger is refused with a sentence, and left as it is', async () => {
  using home = temporaryHome()
  const file = join(home.path, 'test.db')
  writeFileSync(file, 'this is no database, but somebody may need it')
  const { code, stdout, stderr } = await inkwell(home, ['usage'])
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
  expect(stderr).toMatch(/^inkwell: .*\./)
  expect(stderr).not.toMatch(/^\s+at .*:\d+/m)
  expect(readdirSync(home.path)).toContain('test.db')
})

test('inkwell doctor says what is configured and what is missing', async () => {
  using home = temporaryHome({ INKWELL_MAX_USD_PER_RUN: '1.5' })
  const { stdout } = await inkwell(home, ['doctor'])
  expect(stdout).toContain('FAL_KEY')
  expect(stdout).toContain('session $1.50')
  const secret = 'key-that-nobody-may-see'
  const live = await inkwell(home, ['doctor', '--json'], { env: { FAL_KEY: secret } })
  expect(JSON.stringify(live)).not.toContain(secret)
  expect(live.stdout).toContain('live')
})
