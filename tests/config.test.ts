import { homedir } from 'node:os'
import { delimiter, join, resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import { loadConfig } from '../src/config.ts'
import { refusalOf } from './support/settings.ts'

const home = resolve('/state')
const load = (env: Record<string, string>) => loadConfig({ INKWELL_HOME: home, ...env })

const BUDGETS = [
  ['INKWELL_MAX_USD_PER_RUN', 'session'],
  ['ANIMATE_MAX_USD_PER_RUN', 'session'],
  ['INKWELL_MAX_USD_PER_DAY', 'day'],
  ['INKWELL_MONTHLY_LIMIT_USD', 'month'],
] as const

describe.each(BUDGETS)('%s', (variable, scope) => {
  test.each([
    'five',
    '5,00',
    '-1',
    '-0',
    'NaN',
    '1e999',
    '1e2',
    'Infinity',
    '0x10',
    '5.0000001',
    '$5',
    '.',
    '5 5',
  ])('refuses %s and names itself: a bad cap never means no cap', (value) => {
    expect(refusalOf({ [variable]: value })).toMatch(new RegExp(`^${variable} `))
  })

  test.each([
    ['0', 0],
    ['0.00', 0],
    ['5', 5_000_000],
    ['5.00', 5_000_000],
    [' 0.5 ', 500_000],
    ['0.000001', 1],
  ])('reads %j as %i micro-dollars', (value, amount) => {
    expect(load({ [variable]: value }).budgets[scope]).toBe(amount)
  })

  test.each(['', ' ', '\t\n'])('is no cap where it is %j', (value) => {
    expect(load({ [variable]: value }).budgets).toEqual({ session: null, day: null, month: null })
  })
})

test('a limit for approvals that is none says what its ends mean, not those of a budget', () => {
  const refused = refusalOf({ INKWELL_APPROVE_ABOVE_USD: 'five' })
  expect(refused).toContain('0 makes every paid one wait')
  expect(refused).not.toContain('cap')
})

test('INKWELL_MAX_USD_PER_RUN counts before its alias, unless it is blank', () => {
  const alias = { ANIMATE_MAX_USD_PER_RUN: '2' }
  expect(load({ INKWELL_MAX_USD_PER_RUN: '1', ...alias }).budgets.session).toBe(1_000_000)
  expect(load({ INKWELL_MAX_USD_PER_RUN: ' ', ...alias }).budgets.session).toBe(2_000_000)
  expect(refusalOf({ INKWELL_MAX_USD_PER_RUN: 'x', ...alias })).toContain('INKWELL_MAX_USD_PER_RUN')
})

test.each([
  ['INKWELL_MAX_CALLS_PER_MINUTE', 'callsPerMinute', 60],
  ['INKWELL_MAX_UNPAID_JOBS_PER_HOUR', 'unpaidJobsPerHour', 20],
] as const)('%s is a whole number from 1', (name, key, fallback) => {
  expect(load({})[key]).toBe(fallback)
  expect(load({ [name]: '999999' })[key]).toBe(999_999)
  for (const value of ['0', '-1', '2.5', '1e3', 'many', '1000000'])
    expect(refusalOf({ [name]: value })).toContain(name)
})

describe('the mode', () => {
  test.each([
    [{}, 'test', 'test.db'],
    [{ FAL_KEY: ' ' }, 'test', 'test.db'],
    [{ FAL_KEY: 'key' }, 'live', 'live.db'],
    [{ INKWELL_FAL_KEY: 'key' }, 'live', 'live.db'],
    [{ ANIMATE_FAL_KEY: 'key' }, 'live', 'live.db'],
  ])('with %j is %s, in %s', (env, mode, file) => {
    expect(load(env)).toMatchObject({
      mode,
      database: { engine: 'sqlite', file: join(home, file) },
    })
  })

  test('an own key counts before its alias and beside the operator’s', () => {
    const keys = { FAL_KEY: 'operator', INKWELL_FAL_KEY: 'own', ANIMATE_FAL_KEY: 'old' }
    expect(load(keys).fal).toEqual({ operatorKey: 'operator', ownKey: 'own' })
  })
})

describe('folders', () => {
  test('images are saved in the state folder, and files read from there and the working folder', () => {
    const images = join(home, 'images')
    expect(load({})).toMatchObject({ home, outputDir: images, inputDirs: [process.cwd(), images] })
  })

  test('may be named, with white space inside, and are tidied', () => {
    const dirs = ['/a b/../c', '', '/d/'].join(delimiter)
    expect(load({ INKWELL_OUTPUT_DIR: '/out put', INKWELL_INPUT_DIRS: dirs })).toMatchObject({
      outputDir: resolve('/out put'),
      inputDirs: [resolve('/c'), resolve('/d')],
    })
  })

  test('below ~/ are in the home folder, those of a list and of a sqlite: URL too', () => {
    const env = {
      INKWELL_HOME: '~/ink',
      INKWELL_OUTPUT_DIR: '~',
      INKWELL_INPUT_DIRS: ['~/a', '/b'].join(delimiter),
      INKWELL_DATABASE_URL: 'sqlite:~/ink well.db',
      INKWELL_PRICES: '~/prices.json',
    }
    expect(loadConfig(env)).toMatchObject({
      home: join(homedir(), 'ink'),
      outputDir: homedir(),
      inputDirs: [join(homedir(), 'a'), resolve('/b')],
      database: { engine: 'sqlite', file: join(homedir(), 'ink well.db') },
      pricesFile: join(homedir(), 'prices.json'),
    })
  })

  test('without a name the state is in the data folder of the platform', () => {
    expect(loadConfig({ XDG_DATA_HOME: '/data', LOCALAPPDATA: '/data' }).home).toMatch(
      process.platform === 'darwin' ? /Application Support/ : /data/,
    )
    expect(loadConfig({}).home.startsWith(homedir())).toBe(true)
    const relative = { XDG_DATA_HOME: 'data', LOCALAPPDATA: 'data' }
    expect(loadConfig(relative).home).toBe(loadConfig({}).home)
  })
})

describe('INKWELL_DATABASE_URL', () => {
  test.each([
    ['sqlite:/a/b c.db', { engine: 'sqlite', file: '/a/b c.db' }],
    ['sqlite:///a/b.db', { engine: 'sqlite', file: '/a/b.db' }],
    ['postgres://u:secret@h/d', { engine: 'postgres', url: 'postgres://u:secret@h/d' }],
    ['postgresql://h:5433/d', { engine: 'postgres', url: 'postgresql://h:5433/d' }],
  ])('%s names where the ledger is', (url, database) => {
    expect(load({ INKWELL_DATABASE_URL: url }).database).toEqual(database)
  })

  test.each([
    'sqlite:b.db',
    'sqlite://b.db',
    'sqlite:',
    'sqlite',
    'postgres:/u:secret@h/d',
    'postgres://u:secret@h:port/d',
    'postgres:///secret',
    'mysql://u:secret@h/d',
    '/a/b.db',
    'secret',
  ])('is refused where it is %s, and not repeated: it may hold a password', (url) => {
    const message = refusalOf({ INKWELL_DATABASE_URL: url })
    expect(message).toContain('INKWELL_DATABASE_URL')
    expect(message).not.toContain('secret')
  })
})

describe('INKWELL_MAX_UPLOAD_BYTES', () => {
  test.each([
    ['', 1_073_741_824],
    ['0', 0],
    ['5000', 5_000],
    ['500MB', 500_000_000],
    ['2GiB', 2_147_483_648],
  ])('%j is %i bytes', (value, bytes) => {
    expect(load({ INKWELL_MAX_UPLOAD_BYTES: value }).maxUploadBytes).toBe(bytes)
  })

  test.each(['much', '-1', '1.5GiB', '1e9', '1 GiB', '99999999999TiB'])(
    '%j is refused',
    (value) => {
      expect(refusalOf({ INKWELL_MAX_UPLOAD_BYTES: value })).toMatch(
        /^INKWELL_MAX_UPLOAD_BYTES must/,
      )
    },
  )
})

describe('words', () => {
  test('of a closed list are taken as they are, others refused with the list', () => {
    expect(load({}).unknownModels).toBe('default')
    expect(load({ INKWELL_UNKNOWN_MODELS: 'refuse' }).unknownModels).toBe('refuse')
    expect(refusalOf({ INKWELL_UNKNOWN_MODELS: 'Refuse' })).toContain('default, refuse')
    expect(load({}).resourceLinks).toBe(false)
    expect(load({ INKWELL_RESOURCE_LINKS: 'on' }).resourceLinks).toBe(true)
    expect(refusalOf({ INKWELL_RESOURCE_LINKS: 'yes' })).toContain('INKWELL_RESOURCE_LINKS')
    expect(load({}).logLevel).toBe('warn')
    expect(loadConfig({ INKWELL_LOG_LEVEL: 'debug' }, 'warn').logLevel).toBe('debug')
    expect(loadConfig({}, 'info').logLevel).toBe('info')
    expect(refusalOf({ INKWELL_LOG_LEVEL: 'loud' })).toContain('INKWELL_LOG_LEVEL')
  })

  test('a session id is printable, without spaces and at most 128 characters', () => {
    expect(load({}).sessionName).toBeUndefined()
    expect(load({ INKWELL_SESSION_ID: 'x'.repeat(128) }).sessionName).toHaveLength(128)
    for (const id of ['x'.repeat(129), 'two words', 'é', 'a\u0007b'])
      expect(refusalOf({ INKWELL_SESSION_ID: id })).toContain('INKWELL_SESSION_ID')
  })
})
