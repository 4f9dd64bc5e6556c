import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Client } from '@modelcontextprotocol/client'
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import manifest from '../../package.json' with { type: 'json' }
import { temporaryFolder } from '../support/databases.ts'
import { clone, type Clone } from './clone.ts'
import { run, tool } from './packed.ts'

const named = `inkwell-mcp-${manifest.version}`
const bundle = `${named}-${process.platform}-${process.arch}.mcpb`

const place = temporaryFolder()
const folder = place.path
const unpacked = join(folder, 'unpacked')
let here: Clone
let before: string

beforeAll(async () => {
  here = await clone()
  before = await here.git('status', '--porcelain')
  await run('npm', ['run', 'release', '--', 'files'], { cwd: here.folder })
  await run(tool('mcpb'), ['unpack', join(here.folder, 'release', bundle), unpacked])
}, 600_000)
afterAll(() => {
  here[Symbol.dispose]()
  place[Symbol.dispose]()
})

const Sbom = z.object({
  metadata: z.object({ component: z.object({ name: z.string(), type: z.string() }) }),
  components: z.array(z.object({ name: z.string() })),
})

test('one command makes the files of a release in a clean clone', async () => {
  const { folder, git, textOf } = here
  expect(await git('status', '--porcelain')).toBe(before)
  const files = ['NOTES.md', bundle, `${named}.tgz`, 'sbom.cdx.json']
  const hash = (name: string) =>
    createHash('sha256')
      .update(readFileSync(join(folder, 'release', name)))
      .digest('hex')
  expect(readdirSync(join(folder, 'release'))).toEqual([
    'NOTES.md',
    'SHA256SUMS',
    bundle,
    ...files.slice(2),
  ])
  expect(textOf('release/SHA256SUMS')).toBe(
    files.map((name) => `${hash(name)}  ${name}\n`).join(''),
  )
  expect(textOf('release/NOTES.md')).toMatch(/^- /m)

  const { metadata, components } = Sbom.parse(JSON.parse(textOf('release/sbom.cdx.json')))
  expect(metadata.component).toEqual({ name: 'inkwell-mcp', type: 'application' })
  const parts = components.map(({ name }) => name)
  const inside = ['@modelcontextprotocol/server', 'hono', 'kysely', 'zod']
  expect(parts).toEqual(expect.arrayContaining([...Object.keys(manifest.dependencies), ...inside]))
  expect(parts.filter((name) => ['vitest', 'typescript', 'esbuild'].includes(name))).toEqual([])
})

const Manifest = z.object({
  server: z.object({
    mcp_config: z.object({
      command: z.string(),
      args: z.array(z.string()),
      env: z.record(z.string(), z.string()),
    }),
  }),
  user_config: z.record(z.string(), z.object({ default: z.union([z.string(), z.number()]) })),
})

/** The manifest with the settings of somebody who chose nothing, as a client fills them in. */
function filled() {
  const { server, user_config: settings } = Manifest.parse(
    JSON.parse(readFileSync(join(unpacked, 'manifest.json'), 'utf8')),
  )
  const values: Record<string, string> = { __dirname: unpacked, HOME: folder }
  for (const [name, { default: value }] of Object.entries(settings))
    values[`user_config.${name}`] = String(value).replace('${HOME}', folder)
  const fill = (text: string): string =>
    text.replaceAll(/\$\{([\w.]+)\}/g, (all, name: string) => values[name] ?? all)
  const { args, env } = server.mcp_config
  return {
    args: args.map(fill),
    env: Object.fromEntries(Object.entries(env).map(([name, text]) => [name, fill(text)])),
  }
}

test('the unpacked bundle makes an image within the default budget', async () => {
  const { args, env } = filled()
  const client = new Client({ name: 'bundle-test', version: '1.0.0' })
  await client.connect(
    new StdioClientTransport({
      command: process.execPath,
      args,
      cwd: folder,
      env: { ...env, HOME: folder, INKWELL_HOME: join(folder, 'home') },
    }),
  )
  const { structuredContent } = await client.callTool({
    name: 'generateImage',
    arguments: { prompt: 'a calm sea' },
  })
  await client.close()
  expect(structuredContent).toMatchObject({
    mode: 'test',
    session: { limit: { micro: 1_000_000 } },
    outputs: [{ path: expect.stringContaining(join(folder, 'Inkwell')) as string }],
  })
})

test('the bundle holds the licences of others, and no tool of ours', () => {
  expect(existsSync(join(unpacked, 'THIRD_PARTY.md'))).toBe(true)
  expect(existsSync(join(unpacked, 'node_modules/sharp'))).toBe(true)
  expect(existsSync(join(unpacked, 'node_modules/vitest'))).toBe(false)
})
