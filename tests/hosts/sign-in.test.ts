import { expect } from 'vitest'
import { Client } from '@modelcontextprotocol/client'
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio'
import { approve } from '../support/approve.ts'
import { temporaryHome } from '../support/app.ts'
import { openBrowser } from '../support/browser.ts'
import { register } from '../support/connectors.ts'
import { freePort } from '../support/postgres.ts'
import { FILE, keep, withServer } from '../support/with-server.ts'
import { serveConnectors } from './support/connectors.ts'
import { browserOpener } from './support/opener.ts'
import { codexCall, pathOf, run, runInTerminal, type Machine } from './support/programs.ts'

const test = withServer()
  .extend('browser', FILE, async ({ home: _home }, fixture) => keep(await openBrowser(), fixture))
  .extend('url', FILE, async ({ home, account: _account }, fixture) => {
    const port = await freePort()
    keep(await serveConnectors(home, port), fixture)
    return `http://127.0.0.1:${port}`
  })
  /** A machine without a past, on which a person uses a program and a browser. */
  .extend('machine', async ({ browser, key }, { onCleanup }) => {
    const own = temporaryHome()
    const opener = browserOpener()
    const tab = await browser.tab()
    onCleanup(async () => {
      await tab[Symbol.asyncDispose]()
      await opener[Symbol.asyncDispose]()
      own[Symbol.dispose]()
    })
    return {
      home: own.path,
      env: { HOME: own.path, CODEX_HOME: own.path, ...OFFLINE, ...opener.env },
      /** Signs in at the address that a program opens, and approves. */
      approve: async () => await approve(tab.page, await opener.opened(), key),
    } satisfies Machine & { approve: () => Promise<void> }
  })

/** No program gets beyond this machine: its proxy is a closed port. */
const OFFLINE = { HTTPS_PROXY: 'http://127.0.0.1:9', NO_PROXY: '127.0.0.1,localhost' }

const FOG = { prompt: 'fog', model: 'local/draft' }

test('mcp-remote signs in, and no second time', async ({ url, machine }) => {
  const bridge = async (): Promise<Client> => {
    const client = new Client({ name: 'inkwell-tests', version: '1' })
    const args = [pathOf('mcp-remote/dist/proxy.js'), `${url}/mcp`]
    const { env } = machine
    await client.connect(
      new StdioClientTransport({ command: process.execPath, args, env, stderr: 'ignore' }),
    )
    return client
  }
  const [first] = await Promise.all([bridge(), machine.approve()])
  expect((await first.listTools()).tools).toHaveLength(10)
  await first.close()
  const second = await bridge()
  expect((await second.callTool({ name: 'generateImage', arguments: FOG })).isError).toBeFalsy()
  await second.close()
})

const INSPECTOR = '@modelcontextprotocol/inspector/clients/launcher/build/index.js'

test('the MCP Inspector signs in, and no second time', async ({ url, machine }) => {
  const options = '--transport http --format json --method tools/call --tool-name generateImage'
  const given = ['--tool-args-json', JSON.stringify(FOG)]
  const call = ['--cli', `${url}/mcp`, ...options.split(' '), ...given]
  const env = { ...machine.env, MCP_AUTO_OPEN_ENABLED: 'true', MCP_INSPECTOR_SECRET_STORE: 'file' }
  const inspected = { ...machine, env }
  const [first] = await Promise.all([run(inspected, INSPECTOR, call), machine.approve()])
  expect(first).toMatchObject({ code: 0, output: expect.stringContaining('"completed"') })
  const second = await run(inspected, INSPECTOR, [...call, '--stored-auth-only'])
  expect(second).toMatchObject({ code: 0, output: expect.stringContaining('"completed"') })
})

const CODEX = '@openai/codex/bin/codex.js'

test('Codex signs in with the document of its makers, and calls a tool', async ({
  url,
  machine,
}) => {
  const add = ['mcp', 'add', 'inkwell', '--url', `${url}/mcp`]
  const [added] = await Promise.all([run(machine, CODEX, add), machine.approve()])
  expect(added).toMatchObject({
    code: 0,
    output: expect.stringContaining('Successfully logged in'),
  })
  expect(await codexCall(machine, CODEX, { tool: 'generateImage', arguments: FOG })).toMatchObject({
    result: { structuredContent: { status: 'completed' } },
  })
})

test('Codex signs in with an id that was registered for it', async ({ url, machine }) => {
  const { client_id } = await register(
    { url },
    { client_name: 'Codex of the team', redirect_uris: ['http://127.0.0.1/callback'] },
  )
  const add = ['mcp', 'add', 'inkwell', '--url', `${url}/mcp`, '--oauth-client-id', client_id]
  const [added] = await Promise.all([run(machine, CODEX, add), machine.approve()])
  expect(added).toMatchObject({
    code: 0,
    output: expect.stringContaining('Successfully logged in'),
  })
  const { output } = await run(machine, CODEX, ['mcp', 'list'])
  expect(output).toMatch(/inkwell .* OAuth/)
})

const CLAUDE_CODE = '@anthropic-ai/claude-code/cli-wrapper.cjs'

test('Claude Code signs in with the document of its makers, and connects', async ({
  url,
  machine,
}) => {
  const add = ['mcp', 'add', '--transport', 'http', 'inkwell', `${url}/mcp`]
  const added = await run(machine, CLAUDE_CODE, add)
  expect(added.code).toBe(0)
  const before = await run(machine, CLAUDE_CODE, ['mcp', 'list'])
  expect(before.output).toContain('Needs authentication')
  const [login] = await Promise.all([
    runInTerminal(machine, CLAUDE_CODE, ['mcp', 'login', 'inkwell']),
    machine.approve(),
  ])
  expect(login.code).toBe(0)
  const after = await run(machine, CLAUDE_CODE, ['mcp', 'list'])
  expect(after.output).toMatch(/inkwell: .*Connected/)
})
