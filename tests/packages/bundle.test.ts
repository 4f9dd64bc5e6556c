import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client } from '@modelcontextprotocol/client'
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { ROOT, run, tool } from './packed.ts'

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

const folder = mkdtempSync(join(tmpdir(), 'inkwell-bundle-test-'))
const unpacked = join(folder, 'unpacked')

beforeAll(async () => {
  const printed = await run(process.execPath, [join(ROOT, 'scripts/bundle.ts'), folder])
  const file = /^\/.+\.mcpb$/m.exec(printed)?.[0] ?? ''
  await run(tool('mcpb'), ['unpack', file, unpacked])
}, 600_000)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

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
