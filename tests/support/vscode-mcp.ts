import { z } from 'zod'

const Program = z.strictObject({
  type: z.literal('stdio'),
  command: z.string().min(1),
  args: z.array(z.string()).optional(),
  cwd: z.string().optional(),
  env: z.record(z.string(), z.union([z.string(), z.number(), z.null()])).optional(),
  envFile: z.string().optional(),
  dev: z.looseObject({}).optional(),
  sandboxEnabled: z.boolean().optional(),
})

const Remote = z.strictObject({
  type: z.enum(['http', 'sse']),
  url: z.url({ protocol: /^https?$/ }),
  headers: z.record(z.string(), z.string()).optional(),
  oauth: z.strictObject({ clientId: z.string() }).optional(),
  dev: z.looseObject({}).optional(),
})

/**
 * What VS Code takes as `mcp.json`, of a folder or of the user: mcpConfiguration.ts in its sources, and its page "MCP
 * configuration reference" of 2026-05-28. It marks any other key as an error.
 */
export const VsCodeMcp = z.strictObject({
  servers: z.record(z.string(), z.discriminatedUnion('type', [Program, Remote])),
  inputs: z.array(z.looseObject({ id: z.string(), type: z.string() })).optional(),
  sandbox: z.looseObject({}).optional(),
})

/** What VS Code takes of a server in `.mcp.json` (mcpWorkspaceConfiguration.ts, 2026): nothing else, and no variables. */
export const VsCodeRootProgram = z.strictObject({
  type: z.literal('stdio').optional(),
  command: z.string().regex(/^(?!.*\$\{).*\S/),
  args: z.array(z.string().regex(/^(?!.*\$\{)/)).optional(),
  env: z.record(z.string(), z.string().regex(/^(?!.*\$\{)/)).optional(),
})

/** What the page behind a link `https://vscode.dev/redirect/mcp/install?name=…&config=…` hands to VS Code. */
export function vsCodeLink(link: string): string {
  const { searchParams } = new URL(link)
  const config = JSON.parse(searchParams.get('config') ?? '') as object
  const server = { name: searchParams.get('name'), ...config }
  return `vscode:mcp/install?${encodeURIComponent(JSON.stringify(server))}`
}

/** The servers that VS Code adds for a link `vscode:mcp/install?…`, as mcpWorkbenchService.ts reads it. */
export function installedBy(link: string): unknown {
  const { protocol, pathname, search } = new URL(link)
  if (protocol !== 'vscode:' || pathname !== 'mcp/install') return undefined
  const payload: unknown = JSON.parse(decodeURIComponent(search.slice(1)))
  const { name, inputs, gallery, ...config } = Payload.parse(payload)
  return { servers: { [name]: config }, ...(inputs && { inputs }), ...(gallery && { gallery }) }
}

const Payload = z.looseObject({
  name: z.string().min(1),
  inputs: z.array(z.unknown()).optional(),
  gallery: z.boolean().optional(),
})
