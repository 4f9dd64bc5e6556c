import { existsSync, globSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, sep } from 'node:path'
import { parse } from 'jsonc-parser'
import { expect, test } from 'vitest'
import { CLIENTS, type ClientName } from '../../src/cli/setup/clients.ts'
import { readSettings } from '../../src/cli/setup/edit.ts'
import { inkwell, temporaryHome, type Home, type Ran } from '../support/app.ts'

const NAMES = Object.keys(CLIENTS) as ClientName[]

/** A user's file with what clients allow in it: comments, trailing commas, tabs, servers of others. */
const FILES: Record<'json' | 'toml', (servers: string) => string> = {
  json: (servers) =>
    `{\n\t// mine\n\t"theme": "dark",\n\t"${servers}": {\n\t\t"other": { "command": "x" }, // keep\n\t},\n}\n`,
  toml: (servers) =>
    `# mine\nmodel = "x" # keep\n\n[${servers}.other]\ncommand = "x"\n\n[tail]\nz = 1\n`,
}

/** Where a client keeps its file on this platform. */
function fileOf(home: Home, name: ClientName): string {
  return CLIENTS[name].file({ home: home.path, platform: process.platform, env: {} })
}

function put(home: Home, name: ClientName, text: string): string {
  const file = fileOf(home, name)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, text, { mode: 0o640 })
  return file
}

async function setup(home: Home, args: string, env: Record<string, string> = {}): Promise<Ran> {
  return await inkwell(home, ['setup', ...args.split(' ')], { env })
}

test.each(['claude-code', 'codex', 'opencode'] as const)(
  '%s: added, repeated and taken out, a file is as it was before',
  async (name) => {
    using home = temporaryHome()
    const { format, servers } = CLIENTS[name]
    const before = FILES[format](servers)
    const file = put(home, name, before)

    const dry = await setup(home, `${name} --dry-run`)
    expect(dry.stdout).toContain(`would be added to ${file}`)
    expect(readFileSync(file, 'utf8')).toBe(before)

    const added = await setup(home, name)
    expect(added).toMatchObject({ code: 0, stderr: '' })
    const text = readFileSync(file, 'utf8')
    expect(text).toContain('INKWELL_MAX_USD_PER_RUN')
    expect(text).toContain('mine')
    expect(text).toContain('keep')
    expect(readFileSync(`${file}.before-inkwell`, 'utf8')).toBe(before)
    expect(statSync(file).mode & 0o777).toBe(0o640)

    expect((await setup(home, name)).stdout).toContain('nothing was changed')
    expect(readFileSync(file, 'utf8')).toBe(text)

    const removed = await setup(home, `${name} --remove`)
    expect(removed).toMatchObject({ code: 0, stderr: '' })
    expect(readFileSync(file, 'utf8')).toBe(before)
    expect(existsSync(`${file}.before-inkwell`)).toBe(false)
    expect((await setup(home, `${name} --remove`)).stdout).toContain('nothing was changed')
  },
)

test.each(NAMES)(
  '%s: an entry comes and goes without a trace in a file of others',
  async (name) => {
    const client = CLIENTS[name]
    const entry = client.entry({ command: '/bin/node', args: ['cli.js'], env: { A: '1' } })
    for (const before of [FILES[client.format](client.servers), '']) {
      const after = (await readSettings(before, client, 'file')).with(entry)
      const settings = await readSettings(after, client, 'file')
      expect(settings.entry).toEqual(entry)
      expect(
        settings
          .with(undefined)
          .replace(/^\{\}?\s*$/, '')
          .trim(),
      ).toBe(before.trim())
    }
  },
)

test.each([
  ['darwin', '/h/Library/Application Support/Claude/claude_desktop_config.json', '/h/.config/zed'],
  ['linux', '/h/.config/Claude/claude_desktop_config.json', '/h/.config/zed'],
  ['win32', '/h/AppData/Roaming/Claude/claude_desktop_config.json', '/h/AppData/Roaming/Zed'],
] as const)('on %s clients keep their files where they say', (platform, desktop, zed) => {
  const machine = { home: '/h', platform, env: {} }
  const posix = (path: string): string => path.replaceAll(sep, '/')
  expect(posix(CLIENTS['claude-desktop'].file(machine))).toBe(desktop)
  expect(posix(CLIENTS.zed.file(machine))).toBe(`${zed}/settings.json`)
})

test('a file that only Inkwell needed is made for its owner alone, and goes with it', async () => {
  using home = temporaryHome()
  await setup(home, 'cursor')
  expect(statSync(fileOf(home, 'cursor')).mode & 0o777).toBe(0o600)
  await setup(home, 'cursor --remove')
  expect(globSync('.cursor/*', { cwd: home.path })).toEqual([])
})

test('what a person wrote into the entry stays; what the command names is changed', async () => {
  using home = temporaryHome()
  const mine = {
    command: 'old',
    trust: true,
    env: { INKWELL_MAX_USD_PER_RUN: '7', INKWELL_SESSION_ID: 's' },
  }
  const file = put(home, 'gemini', JSON.stringify({ mcpServers: { inkwell: mine } }))
  await setup(home, 'gemini --env FAL_KEY', { FAL_KEY: 'fal-secret' })
  const { inkwell: entry } = (
    parse(readFileSync(file, 'utf8')) as { mcpServers: Record<string, object> }
  ).mcpServers
  expect(entry).toMatchObject({
    trust: true,
    command: expect.stringMatching(/node$/) as string,
    env: { INKWELL_MAX_USD_PER_RUN: '7', INKWELL_SESSION_ID: 's', FAL_KEY: 'fal-secret' },
  })
})

test('a secret is written to the file and shown nowhere', async () => {
  using home = temporaryHome()
  for (const args of ['zed --print', 'zed --dry-run', 'zed']) {
    const { stdout, stderr } = await setup(home, `${args} --env FAL_KEY`, { FAL_KEY: 'fal-secret' })
    expect(stdout + stderr).not.toContain('fal-secret')
  }
  expect(readFileSync(fileOf(home, 'zed'), 'utf8')).toContain('fal-secret')
})

test.each([
  ['cursor', '{ "mcpServers": { ', 'line 1'],
  ['cursor', '{ "mcpServers": [] }', '"mcpServers" is no object'],
  ['codex', 'model = ', 'cannot be read'],
] as const)('%s: %s is left alone, with the reason', async (name, text, reason) => {
  using home = temporaryHome()
  const file = put(home, name, text)
  const { code, stderr } = await setup(home, name)
  expect({ code, stderr }).toMatchObject({
    code: 2,
    stderr: expect.stringContaining(reason) as string,
  })
  expect(stderr).toContain('Nothing was changed')
  expect(readFileSync(file, 'utf8')).toBe(text)
})

test.each([
  ['cursor --max-usd-per-run five', 'INKWELL_MAX_USD_PER_RUN must be a plain amount'],
  ['cursor --env FAL_KEY', 'FAL_KEY is not set in this terminal'],
  ['cursor --env PATH', 'Inkwell has no setting "PATH"'],
  ['emacs', 'Allowed choices are'],
])('`inkwell setup %s` is wrong usage', async (args, reason) => {
  using home = temporaryHome()
  expect(await setup(home, args)).toMatchObject({
    code: 2,
    stderr: expect.stringContaining(reason) as string,
  })
  expect(existsSync(fileOf(home, 'cursor'))).toBe(false)
})
