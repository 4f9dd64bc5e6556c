import { delimiter } from 'node:path'
import { describe, expect, test } from 'vitest'
import { loadConfig } from '../src/config.ts'
import type { Setting } from '../src/config/setting.ts'
import { SETTINGS } from '../src/config/settings.ts'
import { refusalOf } from './support/settings.ts'

/** An accepted value of each setting. The tests corrupt it. */
const GOOD: Readonly<Record<keyof typeof SETTINGS, string>> = {
  home: '/state',
  operatorKey: 'f3a9:0c71',
  ownKey: 'f3a9:0c71',
  falBaseUrl: 'https://fal.example',
  outputDir: '/out',
  outputStore: 's3://bucket/prefix?endpoint=https://store.example&region=eu-1',
  storeKeyId: 'AKIAf3a90c71',
  storeKey: 'f3a9/0c71+=',
  storeToken: 'f3a90c71==',
  keepFiles: '90d',
  keepPrompts: '30d',
  metadata: 'off',
  inputDirs: '/in',
  database: 'postgres://ada:f3a9@host/ledger',
  readDatabase: 'postgres://ada:f3a9@replica/ledger',
  sessionBudget: '5',
  dayBudget: '5',
  monthBudget: '5',
  approveAbove: '1',
  sessionName: 'nightly',
  callsPerMinute: '60',
  stripeKey: 'sk_test_f3a90c71',
  stripeWebhookSecret: 'whsec_f3a90c71',
  stripeBaseUrl: 'http://127.0.0.1:9',
  unpaidJobsPerHour: '20',
  maxUploadBytes: '500MB',
  unknownModels: 'default',
  oidcIssuer: 'https://id.example',
  oidcClientId: 'inkwell',
  oidcClientSecret: 'f3a90c71',
  signup: 'open',
  resourceLinks: 'on',
  pricesFile: '/prices.json',
  collector: 'http://collector.example:4318',
  alertUrl: 'https://hooks.example/f3a90c71',
  alertSecret: 'whsec_f3a90c71f3a90c71f3a90c71f3a90c71',
  logLevel: 'info',
}

const variables = Object.entries(SETTINGS).flatMap(([id, setting]: [string, Setting<unknown>]) =>
  setting.names.map((name) => ({ name, setting, good: GOOD[id as keyof typeof SETTINGS] })),
)
const secrets = variables.filter(({ setting }) => setting.isSecret)
const PATHS = ['INKWELL_HOME', 'INKWELL_OUTPUT_DIR', 'INKWELL_INPUT_DIRS', 'INKWELL_PRICES']

/** Which of these values do not stop the start in one line that begins with the name and repeats nothing of them. */
function notRefused(name: string, ...values: string[]): string[] {
  return values.filter((value) => {
    const message = refusalOf({ [name]: value })
    return !message.startsWith(`${name} `) || /f3a9|\n/.test(message)
  })
}

test.each(variables)('$name takes $good', ({ name, good }) => {
  expect(loadConfig({ [name]: good }).variables).toEqual([name])
})

describe('what was to be replaced stops the start', () => {
  const placeholders = [
    '${FAL_KEY}',
    '${env:KEY}',
    '${KEY:-f3a9}',
    'Bearer-${KEY}',
    '$FAL_KEY',
    '%FAL_KEY%',
    '{{f3a9}}',
    '<your fal key>',
    '<f3a9>',
    'your-key-here',
    'your-fal-api-key-here',
    'YOUR_KEY_HERE',
    'your-api-key',
    'sk_test_your_secret_here',
  ]
  test.each(variables)('in $name, and is not taken for a value', ({ name }) => {
    expect(notRefused(name, ...placeholders)).toEqual([])
  })

  test('inside a URL or a path too', () => {
    expect(
      notRefused(
        'INKWELL_DATABASE_URL',
        'postgres://ada:${PGPASSWORD}@host/ledger',
        'postgres://ada:<password>@host/f3a9',
        'sqlite:${HOME}/ledger.db',
      ),
    ).toEqual([])
    expect(notRefused('INKWELL_HOME', '${HOME}/ink')).toEqual([])
    expect(
      notRefused('INKWELL_INPUT_DIRS', ['/in', '/home/<you>/pictures'].join(delimiter)),
    ).toEqual([])
  })

  test.each(['/srv/your-team/right-here', '/your-pictures/here', '/a$b/50%/there', '/keys/here'])(
    'but %s is a path',
    (path) => {
      expect(loadConfig({ INKWELL_HOME: path }).home).toContain('here')
    },
  )
})

describe('quotes at the ends stop the start', () => {
  test.each(variables)('of $name', ({ name, good }) => {
    const ends = ['""', "''", '``', '“”', ['"', ''], ['', "'"]]
    const quoted = ends.map(([before, after]) => `${before}${good}${after}`)
    expect(notRefused(name, ...quoted)).toEqual([])
  })

  test('of one folder of a list', () => {
    expect(
      notRefused(
        'INKWELL_INPUT_DIRS',
        ['/a', '"/b"', '/c'].join(delimiter),
        ["/a'", '/b'].join(delimiter),
      ),
    ).toEqual([])
  })
})

describe('white space', () => {
  const WHITE = [' ', '\t', '\n', '\r\n', '\u00A0', '\uFEFF', '\u2028']

  test.each(secrets)('stops the start anywhere in $name, and unseen characters do', (given) => {
    const { name, good } = given
    const corrupted = [...WHITE, '\u200B', '\u0007'].flatMap((white) => [
      `${good}${white}`,
      `${white}${good}`,
      good.replace('f3a9', `f3${white}a9`),
    ])
    expect(notRefused(name, ...corrupted)).toEqual([])
  })

  test.each(PATHS)('at the ends of %s stops the start', (name) => {
    const corrupted = WHITE.flatMap((white) => [`/a/b${white}`, `${white}/a/b`])
    expect(notRefused(name, ...corrupted)).toEqual([])
  })

  test('at the ends of one folder of a list, or of the file of a ledger, does too', () => {
    expect(
      notRefused(
        'INKWELL_INPUT_DIRS',
        ['/a', ' /b'].join(delimiter),
        ['/a ', '/b'].join(delimiter),
        ['/a', ' '].join(delimiter),
      ),
    ).toEqual([])
    expect(notRefused('INKWELL_DATABASE_URL', 'sqlite:/a/b.db ', 'sqlite: /a/b.db')).toEqual([])
  })

  test.each(variables)('alone leaves $name unset, as an empty field of a client does', (given) => {
    for (const blank of ['', ' ', '\n'])
      expect(loadConfig({ [given.name]: blank })).toEqual(loadConfig({}))
  })

  test('around a number, a word or a URL does not count', () => {
    const config = loadConfig({
      INKWELL_MAX_USD_PER_RUN: ' 0.5\n',
      INKWELL_MAX_CALLS_PER_MINUTE: ' 7 ',
      INKWELL_LOG_LEVEL: 'warn\n',
      INKWELL_SESSION_ID: ' nightly ',
      INKWELL_FAL_BASE_URL: ' https://fal.example ',
    })
    expect(config).toMatchObject({
      budgets: { session: 500_000 },
      callsPerMinute: 7,
      logLevel: 'warn',
      sessionName: 'nightly',
      fal: { baseUrl: 'https://fal.example' },
    })
  })
})

describe('a relative path stops the start', () => {
  const relative = ['ink', './ink', '../ink', '.', '~ada/ink', '~ink', '$HOME/ink']
  test.each(PATHS)('in %s', (name) => {
    expect(notRefused(name, ...relative)).toEqual([])
  })

  test('in one folder of a list, which is told', () => {
    expect(refusalOf({ INKWELL_INPUT_DIRS: ['/a', 'b', '/c'].join(delimiter) })).toContain('2 of 3')
  })

  const outcome = process.platform === 'win32' ? [] : ['INKWELL_HOME', 'INKWELL_DATABASE_URL']
  test('and C:\\ is absolute on Windows only', () => {
    const values = { INKWELL_HOME: 'C:\\ink', INKWELL_DATABASE_URL: 'sqlite:C:\\ink\\ledger.db' }
    const refused = Object.entries(values).filter(
      ([name, value]) => refusalOf({ [name]: value }) !== '',
    )
    expect(refused.map(([name]) => name)).toEqual(outcome)
  })
})
