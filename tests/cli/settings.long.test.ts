import { closeSync, mkdirSync, openSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { emptyHome, inkwell, temporaryHome, type Settings } from '../support/app.ts'
import { startRaw } from '../support/clients.ts'
import { serveHttp } from '../support/http.ts'

const COMMANDS = [[], ['stdio'], ['serve', '--port', '0'], ['doctor'], ['usage']]
const SECRET = 'f3a90c71'
const ALERT_SECRET = `whsec_${Buffer.alloc(24, SECRET).toString('base64')}`
/** Levels of a log line. */
const [INFO, WARN] = [30, 40]

describe('what a client passes on as it stands in its file', () => {
  const given: Settings[] = [
    { FAL_KEY: `\${FAL_KEY:-${SECRET}}` },
    { FAL_KEY: '<your fal key>' },
    { INKWELL_FAL_KEY: 'your-key-here' },
    { ANIMATE_FAL_KEY: `"${SECRET}"` },
    { FAL_KEY: ` ${SECRET}` },
    { FAL_KEY: `${SECRET}\n` },
    { INKWELL_FAL_KEY: `${SECRET.slice(0, 4)} ${SECRET}` },
    { STRIPE_SECRET_KEY: `sk_test_${SECRET} ` },
    { STRIPE_WEBHOOK_SECRET: `'whsec_${SECRET}'` },
    { INKWELL_DATABASE_URL: `postgres://ada:${SECRET}@127.0.0.1:1/ledger ` },
    { INKWELL_DATABASE_URL: `postgres://ada:<password>@127.0.0.1:1/${SECRET}` },
    { INKWELL_DATABASE_URL: 'sqlite:ledger.db' },
    { INKWELL_HOME: 'state' },
    { INKWELL_HOME: '${HOME}/ink' },
    { INKWELL_OUTPUT_DIR: '"/images"' },
    { INKWELL_INPUT_DIRS: ['/tmp', ' /var'].join(delimiter) },
    { INKWELL_PRICES: './prices.json' },
    { INKWELL_SESSION_ID: '${SESSION}' },
    { INKWELL_MAX_USD_PER_SESSION: '5' },
    { INKWELL_APPROVE_ABOVE_USD: 'one' },
  ]

  // Each once, at one command or another; the tests of the settings have every pair.
  test.each(
    given.map((env, number) => ({
      env,
      variable: Object.keys(env)[0] ?? '',
      args: COMMANDS[number % COMMANDS.length] ?? [],
    })),
  )('$env stops inkwell $args with exit code 2 and one line', async ({ env, variable, args }) => {
    using home = emptyHome()
    const { code, stdout, stderr } = await inkwell(home, args, { env })
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toMatch(new RegExp(`^inkwell: ${variable} .*\\n$`))
    expect(stderr).not.toContain(SECRET.slice(0, 4))
    expect(readdirSync(home.path)).toEqual([])
  })
})

test('a state folder below ~/ is one ledger, from wherever it is asked for', async () => {
  using home = emptyHome({ INKWELL_HOME: '~/ink' })
  const folders = ['here', 'there'].map((name) => join(home.path, name))
  for (const cwd of folders) {
    mkdirSync(cwd)
    const call = ['call', 'generateImage', '{"prompt":"a calm sea","imageSize":"square"}']
    expect(await inkwell(home, call, { cwd })).toMatchObject({ code: 0 })
    expect(readdirSync(cwd)).toEqual([])
  }
  const { stdout } = await inkwell(home, ['usage', '--json'], { cwd: folders[0] ?? '' })
  expect(JSON.parse(stdout)).toMatchObject({ balance: { micro: 4_900_000 } })
})

test('without a home folder the state folder has to be named', async () => {
  using home = emptyHome()
  const env = { HOME: 'relative', INKWELL_HOME: '' }
  const { code, stderr } = await inkwell(home, ['usage'], { env, cwd: home.path })
  expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringMatching(/INKWELL_HOME must/) })
  expect(readdirSync(home.path)).toEqual([])
})

describe('a variable that is not acted on is told in a line of stderr, and the start goes on', () => {
  const unread = { INKWELL_OUTPUT_DIRR: '/f3a90c71', INKWELL_ALERT_SECRET: ALERT_SECRET }
  const told =
    'inkwell: INKWELL_OUTPUT_DIRR is no setting of Inkwell, and is ignored. Did you mean INKWELL_OUTPUT_DIR?\n' +
    'inkwell: INKWELL_ALERT_SECRET has no effect without INKWELL_ALERT_URL.\n'

  test('of the server on stdio', async () => {
    using home = temporaryHome(unread)
    await using server = startRaw(home)
    await server.initialize()
    expect((await server.request('tools/list')).result).toMatchObject({ tools: expect.any(Array) })
    await server.end()
    expect(await server.stderr).toBe(told)
  })

  test('of the server over HTTP', async () => {
    using home = temporaryHome(unread)
    const file = join(home.path, 'stderr')
    const stderr = openSync(file, 'w')
    await using server = await serveHttp(home, {}, { stderr })
    closeSync(stderr)
    expect((await server.get('/healthz')).status).toBe(200)
    expect(readFileSync(file, 'utf8')).toBe(told)
  })

  test('of a command, and inkwell doctor lists it', async () => {
    using home = temporaryHome(unread)
    expect(await inkwell(home, ['usage'])).toMatchObject({ code: 0, stderr: told })
    const { code, stdout } = await inkwell(home, ['doctor'])
    expect(code).toBe(0)
    expect(stdout.match(/^ {2}!/gm)).toHaveLength(2)
    expect(stdout).toMatch(/^ {2}! Settings .*INKWELL_OUTPUT_DIRR .* INKWELL_OUTPUT_DIR\?$/m)
    expect(stdout).toMatch(/^ {2}! Settings .*INKWELL_ALERT_SECRET has no effect/m)
    for (const secret of [SECRET, ALERT_SECRET]) expect(stdout).not.toContain(secret)
  })
})

test.each([
  { set: {}, levels: [WARN] },
  { set: { INKWELL_LOG_LEVEL: 'info' }, levels: [WARN, INFO] },
])('the server on stdio logs warnings, and $set', async ({ set, levels }) => {
  using home = temporaryHome(set)
  await using server = startRaw(home)
  await server.initialize()
  server.process.stdin?.write('no message\n') // a warning
  await server.request('tools/call', { name: 'generateImage', arguments: { prompt: 'a calm sea' } })
  await server.end()
  const lines = (await server.stderr).trim().split('\n')
  expect(lines.map((line) => (JSON.parse(line) as { level: number }).level)).toEqual(levels)
})

test('inkwell doctor names what is set, without secrets, and input folders that are not there', async () => {
  using home = temporaryHome()
  const missing = join(home.path, 'gone')
  const file = join(home.path, 'picture.png')
  writeFileSync(file, '')
  const env = {
    INKWELL_INPUT_DIRS: [home.path, missing, file].join(delimiter),
    FAL_KEY: SECRET,
  }
  const { code, stdout, stderr } = await inkwell(home, ['doctor', '--json'], { env })
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(stdout).not.toContain(SECRET)
  const { checks } = JSON.parse(stdout) as { checks: { name: string }[] }
  const named = (name: string) => checks.filter((check) => check.name === name)
  expect(named('Settings')).toEqual([
    { name: 'Settings', ok: true, says: 'set are INKWELL_HOME, FAL_KEY, INKWELL_INPUT_DIRS' },
  ])
  expect(named('Inputs')).toEqual([
    {
      name: 'Inputs',
      ok: true,
      warns: true,
      says: expect.stringMatching(new RegExp(`no folder of this name: ${missing}, ${file}$`)),
    },
  ])
})
