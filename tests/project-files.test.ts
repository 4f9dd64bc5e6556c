import { execFileSync } from 'node:child_process'
import { existsSync, globSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parse } from '@decimalturn/toml-patch'
import { Ajv } from 'ajv'
import { expect, test } from 'vitest'
import manifest from '../package.json' with { type: 'json' }
import { CLIENTS } from '../src/cli/setup/clients.ts'
import { installedBy, VsCodeMcp, vsCodeLink, VsCodeRootProgram } from './support/vscode-mcp.ts'

const ROOT = resolve(import.meta.dirname, '..')
const textOf = (file: string): string => readFileSync(join(ROOT, file), 'utf8')

const { mcpServers } = JSON.parse(textOf('mcp.json')) as { mcpServers: { inkwell: Entry } }
type Entry = { command: string; args: string[]; env: object }

/** The files that clients read in a clone, and what each names besides that is a matter of course for the others. */
const IN_PLACE = {
  '.mcp.json': (entry: Entry) => ({ mcpServers: { inkwell: entry } }),
  '.cursor/mcp.json': (entry: Entry) => ({ mcpServers: { inkwell: entry } }),
  '.gemini/settings.json': (entry: Entry) => ({ mcpServers: { inkwell: entry } }),
  '.vscode/mcp.json': (entry: Entry) => ({
    servers: { inkwell: { type: 'stdio', cwd: '${workspaceFolder}', ...entry } },
  }),
  '.codex/config.toml': (entry: Entry) => ({
    mcp_servers: { inkwell: { ...entry, startup_timeout_sec: 60 } },
  }),
  'opencode.json': ({ command, args, env }: Entry) => ({
    $schema: 'https://opencode.ai/config.json',
    mcp: {
      inkwell: {
        type: 'local',
        command: [command, ...args],
        environment: env,
        enabled: true,
        timeout: 120_000,
      },
    },
  }),
}

test.each(Object.entries(IN_PLACE))('%s starts the server as mcp.json does', (file, shape) => {
  const text = textOf(file).replaceAll('${workspaceFolder}/', '')
  const read: unknown = file.endsWith('.toml') ? parse(text) : JSON.parse(text)
  expect(JSON.parse(JSON.stringify(read))).toEqual(shape(mcpServers.inkwell))
})

test('the links of the README add the published package, with a budget', () => {
  const entry = { command: 'npx', args: ['-y', manifest.name], env: mcpServers.inkwell.env }
  const links = [...textOf('README.md').matchAll(/\]\((https:\/\/[^)\s]+[?&]config=[^)\s]+)\)/g)]
  const decoded = links.map(([, link = '']) => {
    const { host, searchParams } = new URL(link)
    const config = searchParams.get('config') ?? ''
    const isJson = config.startsWith('{')
    const text = isJson ? config : Buffer.from(config, 'base64').toString()
    return { host, name: searchParams.get('name'), entry: JSON.parse(text) as unknown }
  })
  expect(decoded).toEqual([
    { host: 'vscode.dev', name: 'inkwell', entry: { type: 'stdio', ...entry } },
    { host: 'cursor.com', name: 'inkwell', entry },
  ])
})

test('VS Code takes every entry: of a clone, of the link, of inkwell setup', () => {
  const [link = ''] = /https:\/\/vscode\.dev\/[^)\s]+/.exec(textOf('README.md')) ?? []
  const launch = { command: '/usr/bin/node', args: ['/opt/inkwell/cli.js'], env: {} }
  const files = [
    JSON.parse(textOf('.vscode/mcp.json')) as unknown,
    installedBy(vsCodeLink(link)),
    { servers: { inkwell: CLIENTS.vscode.entry(launch) } },
  ]
  for (const file of files) {
    expect(VsCodeMcp.safeParse(file)).toMatchObject({ success: true })
    const { servers } = VsCodeMcp.parse(file)
    expect(Object.keys(servers)).toEqual(['inkwell'])
    const [entry = {}] = Object.values(servers)
    const others = [{ ...entry, disabled: true }, { ...entry, timeout: 60 }, mcpServers.inkwell]
    for (const other of others)
      expect(VsCodeMcp.safeParse({ servers: { inkwell: other } }).success).toBe(false)
  }
  expect(VsCodeRootProgram.safeParse(mcpServers.inkwell)).toMatchObject({ success: true })
})

test('server.json is what the MCP registry takes', () => {
  const schema = JSON.parse(textOf('tests/packages/server.schema.json')) as object
  const validate = new Ajv({ strict: false, formats: { uri: (text) => URL.canParse(text) } })
  const server = JSON.parse(textOf('server.json')) as { name: string; packages: Packaged[] }
  const isValid = validate.validate(schema, server)
  expect({ isValid, errors: validate.errors }).toEqual({ isValid: true, errors: null })
  expect(server.name).toBe(manifest.mcpName)
  const secrets = server.packages.flatMap((one) =>
    one.environmentVariables.filter((v) => v.isSecret),
  )
  expect(secrets.map(({ name }) => name)).toEqual(['INKWELL_FAL_KEY', 'FAL_KEY'])
})
type Packaged = { environmentVariables: { name: string; isSecret?: true }[] }

test('package.json alone says where the repository is; all other files agree with it', () => {
  const [, name = ''] =
    /^git\+https:\/\/github\.com\/([\w.-]+\/[\w-]+)\.git$/.exec(manifest.repository.url) ?? []
  const { homepage, bugs, mcpName } = manifest
  const of = `https://github.com/${name}`
  expect({ homepage, bugs, mcpName }).toEqual({
    homepage: `${of}#readme`,
    bugs: `${of}/issues`,
    mcpName: `io.github.${name}`,
  })
  const pattern = String.raw`(github\.com/|io\.github\.|ghcr\.io/)[-[:alnum:]]*inkwell[-[:alnum:]]*/[-[:alnum:]]+`
  const found = execFileSync('git', ['grep', '-IoE', pattern], { cwd: ROOT, encoding: 'utf8' })
  const lines = found.trim().split('\n')
  const agrees = (line: string) => line.endsWith(`/${name}`) || line.endsWith(`.${name}`)
  expect(lines.filter((line) => !agrees(line))).toEqual([])
  for (const file of ['Dockerfile', 'server.json', 'plugins/inkwell/.claude-plugin/plugin.json'])
    expect(lines.filter((line) => line.startsWith(`${file}:`))).not.toEqual([])
})

test('every version manager takes the Node.js that the npm scripts bring', () => {
  expect(textOf('.nvmrc').trim()).toBe(manifest.devDependencies.node.split('.')[0])
})

test.each(globSync('.vscode/*.json', { cwd: ROOT }))('%s names files that are there', (file) => {
  const paths = [...textOf(file).matchAll(/\$\{workspaceFolder\}\/([^"]+)/g)].map(
    ([, path = '']) => path,
  )
  expect(paths.filter((path) => !existsSync(join(ROOT, path)))).toEqual([])
})

test.each(['README.md', 'CONTRIBUTING.md', 'AGENTS.md', '.ci/run'])(
  '%s names npm scripts that are there',
  (file) => {
    const named = [...textOf(file).matchAll(/npm run (?:-s )?([\w:]+)/g)].map(
      ([, name = '']) => name,
    )
    expect(named.length).toBeGreaterThan(0)
    expect(named.filter((name) => !(name in manifest.scripts))).toEqual([])
  },
)

test('no test is left out, and none is alone', () => {
  const found = globSync('tests/**/*.test.ts', { cwd: ROOT }).flatMap((file) =>
    [...textOf(file).matchAll(/\b(?:test|describe|it)(?:\.\w+)*\.(?:only|skip|todo)\b/g)].map(
      ([text]) => `${file}: ${text}`,
    ),
  )
  expect(found).toEqual([])
})
