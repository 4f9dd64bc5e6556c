import { expect, test } from 'vitest'
import { loadConfig } from '../src/config.ts'
import { refusalOf } from './support/settings.ts'

const URL = 'INKWELL_ALERT_URL'
const SECRET = 'INKWELL_ALERT_SECRET'

test.each([
  'https://hooks.example/services/T0/B0/x?y=z',
  'http://127.0.0.1:9/x',
  'http://[::1]:9/',
])('alerts may go to %s', (url) =>
  expect(loadConfig({ [URL]: url }).alerts).toEqual({ url, secret: undefined }),
)

test.each(['http://hooks.example/x', 'ftp://h/x', 'https://ada:f3a9@h/x', 'hooks.example', 'x'])(
  'alerts do not go to %s',
  (url) => expect(refusalOf({ [URL]: url })).toMatch(/^INKWELL_ALERT_URL must be an https URL/),
)

test.each(['whsec_', 'whsec_c2hvcnQ=', `whsec_${'A'.repeat(100)}`, 'c2hvcnQ', 'whsec_*'])(
  'a secret such as %s is refused',
  (secret) =>
    expect(refusalOf({ [SECRET]: secret })).toMatch(/^INKWELL_ALERT_SECRET must be whsec_/),
)
