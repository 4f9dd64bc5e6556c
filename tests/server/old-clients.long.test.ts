import { expect, test } from 'vitest'
import { temporaryHome } from '../support/app.ts'
import { startRaw, type ListedTool, type ToolResult } from '../support/clients.ts'
import { issued, MCP_HEADERS, openedAccount, serveHttp } from '../support/http.ts'
import { small } from '../tools/support.ts'

const IDENTITY = { capabilities: {}, clientInfo: { name: 'old', version: '1' } }
const made = { name: 'generateImage', arguments: { ...small, preview: true } }

/** What a client of each version is given where links are on. */
const VERSIONS = [
  ['2024-11-05', false],
  ['2025-03-26', false],
  ['2025-06-18', true],
  ['2025-11-25', true],
] as const

/** What differs between versions in a list of tools and in results. */
function expectFor(takesStructured: boolean, tools: ListedTool[], results: ToolResult[]): void {
  expect(tools.length).toBeGreaterThan(8)
  expect(tools.some(({ outputSchema }) => outputSchema !== undefined)).toBe(takesStructured)
  for (const { structuredContent } of results)
    expect(structuredContent !== undefined).toBe(takesStructured)
  const [paid, refused, usage] = results.map(({ content }) => content)
  expect(paid?.map(({ type }) => type)).toEqual(
    takesStructured ? ['text', 'image', 'resource_link'] : ['text', 'image'],
  )
  expect(paid?.[0]?.text).toMatch(/Saved .*asset_.*gen_.*\$0\.05.*Balance \$4\.95/)
  expect(refused?.[0]?.text).toMatch(/prompt is required/)
  expect(usage?.[0]?.text).toMatch(/generateImage fal-ai\/flux-2-flex \$0\.05 gen_/)
}

test.each(VERSIONS)(
  'a client of %s on stdio gets what its version knows',
  async (protocolVersion, takesStructured) => {
    using home = temporaryHome({ INKWELL_RESOURCE_LINKS: 'on' })
    await using server = startRaw(home)
    const opened = await server.request('initialize', { protocolVersion, ...IDENTITY })
    expect(opened.result).toMatchObject({ protocolVersion })
    server.send({ method: 'notifications/initialized' })
    const { tools } = (await server.request('tools/list')).result as { tools: ListedTool[] }
    const call = async (params: object): Promise<ToolResult> =>
      (await server.request('tools/call', params)).result as ToolResult
    expectFor(takesStructured, tools, [
      await call(made),
      await call({ name: 'generateImage', arguments: {} }),
      await call({ name: 'checkUsage', arguments: {} }),
    ])
  },
)

test('over HTTP the version is that of the session', async () => {
  using home = temporaryHome({ INKWELL_RESOURCE_LINKS: 'on' })
  await using server = await serveHttp(home)
  for (const [protocolVersion, takesStructured] of VERSIONS) {
    const { key } = await issued(home, await openedAccount(home, protocolVersion))
    let session: string | null = null
    const ask = async (method: string, params: object): Promise<unknown> => {
      const answer = await fetch(`${server.url}/mcp`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${key}`,
          ...MCP_HEADERS,
          ...(session !== null && { 'mcp-session-id': session }),
        },
        body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
      })
      session = answer.headers.get('mcp-session-id') ?? session
      const lines = (await answer.text()).split('\n').filter((line) => line.startsWith('data: {'))
      return (JSON.parse(lines.at(-1)?.slice(6) ?? '{}') as { result?: unknown }).result
    }
    const opened = await ask('initialize', { protocolVersion, ...IDENTITY })
    expect(opened).toMatchObject({ protocolVersion })
    const { tools } = (await ask('tools/list', {})) as { tools: ListedTool[] }
    expectFor(takesStructured, tools, [
      (await ask('tools/call', made)) as ToolResult,
      (await ask('tools/call', { name: 'generateImage', arguments: {} })) as ToolResult,
      (await ask('tools/call', { name: 'checkUsage', arguments: {} })) as ToolResult,
    ])
  }
})
