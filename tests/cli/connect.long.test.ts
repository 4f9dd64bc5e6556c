import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js'
import { expect } from 'vitest'
import { ARGS, COMMAND, REPOSITORY, temporaryHome, type Home } from '../support/app.ts'
import { csrfIn, person, TERMS, withConnectors } from '../support/connectors.ts'

const test = withConnectors()

type Entry = { command: string; args: string[] }

const run = (home: Home, args: string[]): ChildProcess =>
  spawn(COMMAND, [...ARGS, 'connect', ...args], { cwd: REPOSITORY, env: home.env })

async function connectedBy(entry: Entry, home: Home): Promise<Client> {
  const client = new Client({ name: 'inkwell-tests', version: '1' })
  await client.connect(new StdioClientTransport({ ...entry, cwd: REPOSITORY, env: home.env }))
  return client
}

test('a machine without a browser connects, and goes on after an hour', async ({ server, key }) => {
  using home = temporaryHome()
  const config = join(home.path, '.claude.json')
  const env = { INKWELL_MAX_USD_PER_RUN: '0.20' }
  const earlier = { command: 'old', args: ['serve'], env, timeout: 9 }
  const before = { other: 1, mcpServers: { there: { command: 'x' }, inkwell: earlier } }
  writeFileSync(config, JSON.stringify(before))
  const dry = run(home, [server.url, '--client', 'claude-code', '--dry-run'])
  expect(await text(dry.stdout ?? process.stdin)).toContain(`would be changed in ${config}`)
  expect(JSON.parse(readFileSync(config, 'utf8'))).toEqual(before)
  const child = run(home, [`${server.url}/mcp`, '--client', 'claude-code'])
  const lines = createInterface({ input: child.stdout ?? process.stdin })
  const [opened] = (await once(lines, 'line')) as [string]
  const url = /http\S+/.exec(opened)?.[0] ?? ''
  const visitor = person(server)
  const page = await visitor.open(url)
  const xsrf = (html: string): string => /name="xsrf" value="([^"]+)"/.exec(html)?.[1] ?? ''
  const user_code = new URL(url).searchParams.get('user_code') ?? ''
  const confirm = await visitor.send('/oauth/device', { xsrf: xsrf(page.text), user_code })
  const sure = { xsrf: xsrf(confirm.text), user_code, confirm: 'yes' }
  const question = await visitor.send((await visitor.send('/oauth/device', sure)).url, { key })
  expect(question.text).toContain('Inkwell on ')
  await visitor.send(question.url, { csrf: csrfIn(question), ...TERMS, approve: 'yes' })
  expect((await once(child, 'exit'))[0]).toBe(0)

  const written = JSON.parse(readFileSync(config, 'utf8')) as {
    other: number
    mcpServers: Record<string, Entry>
  }
  expect(written).toMatchObject({
    other: 1,
    mcpServers: { there: { command: 'x' }, inkwell: { timeout: 9, env } }, // what a person added
  })
  expect(JSON.parse(readFileSync(`${config}.before-inkwell`, 'utf8'))).toEqual(before)
  const entry = written.mcpServers['inkwell'] ?? { command: '', args: [] }
  const file = join(home.path, 'connections', `${new URL(server.url).host.replace(':', '_')}.json`)
  expect(statSync(file).mode & 0o777).toBe(0o600)

  const first = await connectedBy(entry, home)
  const made = await first.callTool({
    name: 'generateImage',
    arguments: { prompt: 'fog', model: 'local/draft' },
  })
  expect(made.isError).toBeFalsy()
  const second = await connectedBy(entry, home)
  const kept = JSON.parse(readFileSync(file, 'utf8')) as { accessToken: string }
  writeFileSync(file, JSON.stringify({ ...kept, accessToken: 'a'.repeat(43) })) // as after an hour
  const usage = { name: 'checkUsage', arguments: {} }
  const both = await Promise.all([first.callTool(usage), second.callTool(usage)])
  expect(both.map(({ isError }) => isError ?? false)).toEqual([false, false])
  await first.close()
  await second.close()
})

test('an entry that started no program gives way as a whole', async ({ server }) => {
  using home = temporaryHome()
  const config = join(home.path, '.claude.json')
  const remote = { type: 'http', url: 'https://images.example/mcp', headers: { a: 'b' } }
  writeFileSync(config, JSON.stringify({ mcpServers: { inkwell: remote } }))
  const dry = run(home, [server.url, '--client', 'claude-code', '--dry-run'])
  const shown = await text(dry.stdout ?? process.stdin)
  expect(shown).toContain('"connect"')
  expect(shown).not.toMatch(/images\.example|headers/)
  writeFileSync(config, '{')
  const unreadable = run(home, [server.url, '--client', 'claude-code'])
  expect(await text(unreadable.stderr ?? process.stdin)).toContain('cannot be read')
})

test('what cannot be connected says why', async ({ server }) => {
  using home = temporaryHome()
  const nothing = run(home, ['http://127.0.0.1:9'])
  const said = await text(nothing.stderr ?? process.stdin)
  expect(said).toContain('has no sign-in for clients')
  const unknown = run(home, [server.url, '--stdio'])
  expect(await text(unknown.stderr ?? process.stdin)).toContain('has no connection to')
})
