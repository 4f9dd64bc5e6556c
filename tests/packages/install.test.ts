import { spawnSync } from 'node:child_process'
import {
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, expect, inject, test } from 'vitest'
import { run } from './packed.ts'

/** Limit of all that npm installs: most of it is SQLite, libvips, drawings and fonts. */
const INSTALLED_MAX_BYTES = 82_000_000

const folder = mkdtempSync(join(tmpdir(), 'inkwell-install-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const { tarball } = inject('packed')

/** What a network may need: a proxy, and whom to trust. */
const NETWORK =
  /^(?:NODE_EXTRA_CA_CERTS|SSL_CERT_\w+|https?_proxy|no_proxy|npm_config_(?:registry|cafile))$/i

/** An empty prefix and an empty home, with nothing of this process but Node.js and the way to the network. */
function machine(name: string) {
  const home = join(folder, name)
  const prefix = join(home, 'prefix')
  mkdirSync(prefix, { recursive: true })
  const network = Object.entries(process.env).filter(([variable]) => NETWORK.test(variable))
  const env = {
    ...Object.fromEntries(network),
    PATH: `${join(prefix, 'bin')}:${dirname(process.execPath)}:${process.env.PATH ?? ''}`,
    HOME: home,
    npm_config_prefix: prefix,
    npm_config_cache: join(folder, 'cache'),
    npm_config_update_notifier: 'false',
  }
  const npm = async (...args: string[]): Promise<string> =>
    await run('npm', args, { cwd: home, env })
  const inkwell = (...args: string[]) =>
    spawnSync(join(prefix, 'bin/inkwell'), args, { cwd: home, env, encoding: 'utf8' })
  return { home, prefix, env, npm, inkwell }
}

const image = ['call', 'generateImage', '{"prompt":"calm teal to navy gradient background"}']

test('npm i -g: an image in an empty home; uninstalled, the data stay and nothing else', async () => {
  const { home, prefix, npm, inkwell } = machine('global')
  await npm('install', '--global', tarball)
  const installed = globSync('**/*', { cwd: prefix, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => statSync(join(entry.parentPath, entry.name)).size)
  expect(installed.reduce((sum, size) => sum + size, 0)).toBeLessThan(INSTALLED_MAX_BYTES)
  const made = inkwell(...image)
  expect(made).toMatchObject({ status: 0, stderr: '' })
  const [path = ''] = /\/\S+\.png/.exec(made.stdout) ?? []
  expect(readFileSync(path).subarray(1, 4).toString()).toBe('PNG')
  inkwell('setup', 'cursor')
  expect(inkwell('setup', 'cursor', '--remove').status).toBe(0)
  await npm('uninstall', '--global', 'inkwell-mcp')
  expect(globSync('**/*inkwell*', { cwd: prefix })).toEqual([])
  const left = globSync('**/*', { cwd: home, withFileTypes: true, exclude: ['prefix'] })
  const files = left
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
  expect(files.filter((file) => !/\/inkwell\//.test(file))).toEqual([])
}, 600_000)

test('npx of the tarball makes an image', async () => {
  const { npm } = machine('npx')
  const printed = await npm('exec', '--yes', '--package', tarball, '--', 'inkwell', ...image)
  expect(printed).toContain('.png (1024×576 PNG')
}, 600_000)

test('a lean install starts and says what to install for pictures; nothing is charged', async () => {
  const { home, env, npm } = machine('lean')
  await npm('install', '--omit=optional', '--prefix', home, tarball)
  expect(existsSync(join(home, 'node_modules/@iconify-json'))).toBe(false)
  const inkwell = (...args: string[]) =>
    spawnSync(join(home, 'node_modules/.bin/inkwell'), args, { cwd: home, env, encoding: 'utf8' })
  const made = inkwell(...image)
  expect(made.status).toBe(1)
  expect(made.stdout + made.stderr).toContain('Install Inkwell again without --omit=optional')
  expect(inkwell('usage').stdout).toContain('Balance: $5.00')
  expect(inkwell('ledger', 'verify').status).toBe(0)
}, 600_000)
