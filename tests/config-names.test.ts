import { describe, expect, test } from 'vitest'
import { loadConfig } from '../src/config.ts'
import { nearest } from '../src/nearest.ts'
import { refusalOf } from './support/settings.ts'

const warningsOf = (env: Record<string, string>) => loadConfig(env).warnings

describe('a variable that is no setting', () => {
  test.each([
    ['INKWELL_OUTPUT_DIRR', 'INKWELL_OUTPUT_DIR'],
    ['INKWELL_OUTPUT_FOLDER', 'INKWELL_OUTPUT_DIR'],
    ['INKWELL_INPUT_DIR', 'INKWELL_INPUT_DIRS'],
    ['INKWELL_DATABASE', 'INKWELL_DATABASE_URL'],
    ['INKWELL_SESSOIN_ID', 'INKWELL_SESSION_ID'],
    ['INKWELL_STRIPE_SECRET_KEY', 'STRIPE_SECRET_KEY'],
    ['inkwell_home', 'INKWELL_HOME'],
  ])('%s warns in one line that asks for %s', (name, meant) => {
    const warnings = warningsOf({ [name]: 'f3a9' })
    expect(warnings).toEqual([expect.stringMatching(new RegExp(`^${name} .*\\b${meant}\\?$`))])
    expect(warnings[0]).not.toContain('f3a9')
  })

  test('that is like none is named alone, and each has its own line', () => {
    expect(warningsOf({ INKWELL_ZEBRA: '1', INKWELL_ALPACA: '1' })).toEqual([
      expect.stringMatching(/^INKWELL_ALPACA .* ignored\.$/),
      expect.stringMatching(/^INKWELL_ZEBRA .* ignored\.$/),
    ])
  })

  test('is of no concern where it is blank or has another prefix', () => {
    const env = { INKWELL_MAX_USD_PER_SESSION: ' ', INKWELL_ZEBRA: '', MAX_USD_LIMIT: '5' }
    expect(warningsOf(env)).toEqual([])
  })
})

describe('a variable that looks like a budget and is none stops the start', () => {
  test.each([
    ['INKWELL_MAX_USD_PER_SESSION', 'INKWELL_MAX_USD_PER_RUN'],
    ['INKWELL_MAX_USD_PER_RUNS', 'INKWELL_MAX_USD_PER_RUN'],
    ['INKWELL_SESSION_BUDGET', 'INKWELL_MAX_USD_PER_RUN'],
    ['INKWELL_DAILY_LIMIT_USD', 'INKWELL_MAX_USD_PER_DAY'],
    ['INKWELL_DAILY_BUDGET', 'INKWELL_MAX_USD_PER_DAY'],
    ['INKWELL_MAX_USD_PER_MONTH', 'INKWELL_MONTHLY_LIMIT_USD'],
    ['INKWELL_MONTHLY_LIMIT', 'INKWELL_MONTHLY_LIMIT_USD'],
    ['inkwell_max_usd_per_run', 'INKWELL_MAX_USD_PER_RUN'],
    // A slip in the very word that would tell.
    ['INKWELL_MAX_UDS_PER_DAY', 'INKWELL_MAX_USD_PER_DAY'],
    ['INKWELL_MONTHLY_LIMT_USD', 'INKWELL_MONTHLY_LIMIT_USD'],
    ['INKWELL_APPROVE_ABOV_USD', 'INKWELL_APPROVE_ABOVE_USD'],
  ])('%s asks for %s', (name, meant) => {
    const message = refusalOf({ [name]: '5' })
    expect(message).toMatch(new RegExp(`^${name} .*Did you mean ${meant}\\?`))
  })

  test.each(['INKWELL_BUDGET', 'INKWELL_RATE_LIMIT', 'INKWELL_MAX_USD'])(
    '%s names the budgets there are',
    (name) => {
      expect(refusalOf({ [name]: '0' })).toMatch(
        /INKWELL_MAX_USD_PER_RUN, INKWELL_MAX_USD_PER_DAY, INKWELL_MONTHLY_LIMIT_USD, INKWELL_APPROVE_ABOVE_USD\.$/,
      )
    },
  )
})

test('what is read is named without its value', () => {
  const env = { INKWELL_MAX_USD_PER_RUN: '5', FAL_KEY: 'f3a9', INKWELL_ZEBRA: '1', PATH: '/bin' }
  expect(loadConfig(env).variables).toEqual(['FAL_KEY', 'INKWELL_MAX_USD_PER_RUN'])
})

describe('the nearest word', () => {
  const known = ['imageSize', 'numImages', 'seed']
  test.each([
    ['imagesize', 'imageSize'],
    ['imgeSize', 'imageSize'],
    ['iamgeSize', 'imageSize'],
    ['numImage', 'numImages'],
    ['seed', 'seed'],
    ['colour', undefined],
    ['', undefined],
  ])('of %j is %j', (word, expected) => {
    expect(nearest(word, known)).toBe(expected)
  })

  test('is within the letters asked for, and the first of several alike', () => {
    expect(nearest('iamgeSize', known, 1)).toBe('imageSize')
    expect(nearest('iamgSize', known, 1)).toBeUndefined()
    expect(nearest('bat', ['cat', 'bad'])).toBe('cat')
  })
})
