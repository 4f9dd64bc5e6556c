import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { expect } from 'vitest'
import { askedFor, csrfIn, person, register, TERMS, withConnectors } from '../support/connectors.ts'
import { freePort } from '../support/postgres.ts'
import { SUITE } from './suite.ts'

const test = withConnectors()

test.for(['2025-03-26', '2025-06-18', '2025-11-25', '2026-07-28'])(
  'the scenarios of %s for an authorization server pass',
  async (revision, { home, server, key }) => {
    const port = await freePort()
    const redirect_uris = [`http://127.0.0.1:${port}/callback`]
    const { client_id } = await register(server, { redirect_uris })
    const args = ['authorization', '--url', server.url, '--client-id', client_id]
    const more = ['--resource', `${server.url}/mcp`, '-p', String(port), '--spec-version', revision]
    const suite = spawn(process.execPath, [SUITE, ...args, ...more], {
      cwd: home.path,
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const said: string[] = []
    for await (const line of createInterface({ input: suite.stdout })) {
      said.push(line)
      if (line.startsWith(`${server.url}/oauth/authorize?`)) await approve(line)
    }
    expect(said.filter((line) => /^[✓✗]/.test(line))).toEqual([
      expect.stringMatching(/^✓ authorization-server-metadata-endpoint: [1-9] passed, 0 failed$/),
      expect.stringMatching(/^✓ authorization-code-grant: 1 passed, 0 failed$/),
    ])

    /** The person, whom the suite waits for. */
    async function approve(url: string): Promise<void> {
      const visitor = person(server)
      const question = await askedFor(visitor, { url }, key)
      const fields = { csrf: csrfIn(question), ...TERMS, approve: 'yes' }
      const { leaves } = await visitor.send(question.url, fields)
      await (await fetch(leaves)).text()
    }
  },
)
