import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  Client,
  StreamableHTTPClientTransport,
  type Transport,
  type VersionNegotiationMode,
} from '@modelcontextprotocol/client'
import { SkillsClient } from '@modelcontextprotocol/client/ext/skills'
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio'
import { expect } from 'vitest'
import { ERROR_CODES } from '../../src/errors.ts'
import { payment } from '../../src/tools/inputs.ts'
import { TOOL_NAMES } from '../../src/tools/names.ts'
import { ARGS, COMMAND, REPOSITORY } from '../support/app.ts'
import { connectV2 } from '../support/clients.ts'
import { withServer } from '../support/with-server.ts'

const test = withServer()

const URI = 'skill://assets-within-budget/SKILL.md'
const PLUGIN = join(REPOSITORY, 'plugins/inkwell/skills/assets-within-budget/SKILL.md')

const MODES: VersionNegotiationMode[] = ['legacy', { pin: '2026-07-28' }]

test('a client that knows skills lists, gets and checks ours, over stdio and HTTP', async ({
  home,
  server,
  key,
}) => {
  const headers = { Authorization: `Bearer ${key}` }
  const transports: (() => Transport)[] = [
    () =>
      new StdioClientTransport({
        command: COMMAND,
        args: ARGS,
        cwd: REPOSITORY,
        env: home.env,
        stderr: 'ignore',
      }),
    () =>
      new StreamableHTTPClientTransport(new URL('/mcp', server.url), { requestInit: { headers } }),
  ]
  for (const mode of MODES)
    for (const transport of transports) {
      const client = new Client({ name: 'host', version: '1' }, { versionNegotiation: { mode } })
      await client.connect(transport())
      const skills = new SkillsClient(client)
      expect(skills.supported).toBe(true)
      const { skills: listed } = await skills.list()
      expect(listed.map(({ uri }) => uri)).toEqual([URI])
      const { skill } = await skills.get(URI)
      const read = await skills.read(skill)
      expect(read).toMatchObject({ verified: true, text: readFileSync(PLUGIN, 'utf8') })
      await expect(skills.get('skill://other/SKILL.md')).rejects.toThrow('No skill is served at')
      await client.close()
    }
})

test('a client that does not know skills finds it among the resources', async ({ home }) => {
  await using client = await connectV2(home)
  expect(await client.resources()).toContain(URI)
})

test('the skill names tools, arguments and codes that there are', () => {
  const text = readFileSync(PLUGIN, 'utf8')
  const named = [...text.matchAll(/`([a-z][a-z_A-Z]+)[`.:]/g)].map(([, name = '']) => name)
  const others = [
    'affordable',
    'allowed',
    'balance',
    'cost',
    'hint',
    'refusal',
    'remaining',
    'running',
  ]
  const known = [...TOOL_NAMES, ...Object.keys(ERROR_CODES), ...Object.keys(payment), ...others]
  expect(named.filter((name) => !known.includes(name))).toEqual([])
  for (const word of ['quoteOnly', 'maxCostUsd', 'idempotencyKey', 'checkUsage', 'getGeneration'])
    expect(named).toContain(word)
  const budgets = Object.keys(ERROR_CODES).filter((code) => /exceeded|insufficient/.test(code))
  expect(named).toEqual(expect.arrayContaining(budgets))
})
