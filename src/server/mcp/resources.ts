import { buffer } from 'node:stream/consumers'
import {
  ProtocolError,
  ProtocolErrorCode,
  ResourceNotFoundError,
  ResourceTemplate,
  type McpServer,
  type ReadResourceResult,
  type ServerContext,
} from '@modelcontextprotocol/server'
import type { Caller } from '../../accounts/caller.ts'
import { requireScope } from '../../accounts/scopes.ts'
import type { App } from '../../app.ts'
import { AppError } from '../../errors.ts'
import { findAsset } from '../../generations/generation.ts'
import { priceList } from '../../pricing/price-list.ts'
import { USAGE_VIEW } from '../../tools/names.ts'
import { toAppError } from '../../to-app-error.ts'

/** Largest file read as a resource, in bytes. Clients on stdio accept messages up to 10 MiB, base64 included. */
const FILE_MAX = { http: 8 * 1024 * 1024, stdio: 7 * 1024 * 1024 }

const VIEW_TYPE = 'text/html;profile=mcp-app'

/** Registers what a client can read without a tool call: balance and usage, prices, and the generated files. */
export function registerResources(
  server: McpServer,
  app: App,
  callerOf: (context: ServerContext) => Caller,
): void {
  server.registerResource(
    'usage',
    'inkwell://usage',
    {
      title: 'Balance and usage',
      description: 'The result of checkUsage for the last 7 days.',
      mimeType: 'application/json',
      _meta: { ui: { resourceUri: USAGE_VIEW } },
    },
    (uri, context) =>
      withProtocolErrors(app, uri, async () => json(uri, await overview(app, callerOf(context)))),
  )
  server.registerResource(
    'pricing',
    'inkwell://pricing',
    {
      title: 'Prices',
      description: 'Every priced model with its operation, price and default.',
      mimeType: 'application/json',
    },
    async (uri) => json(uri, priceList(app.generations.rates)),
  )
  server.registerResource(
    'usage-view',
    USAGE_VIEW,
    {
      title: 'Usage view',
      description: 'Shows the result of checkUsage to a person, inside a chat (MCP Apps).',
      mimeType: VIEW_TYPE,
    },
    async (uri) => {
      const { usageApp } = await import('../../web/usage-app.ts')
      return { contents: [{ uri: uri.href, mimeType: VIEW_TYPE, text: await usageApp() }] }
    },
  )
  server.registerResource(
    'asset',
    new ResourceTemplate('inkwell://assets/{assetId}', { list: undefined }),
    { title: 'File of a result', description: 'A file that a generation made, by its asset_… id.' },
    (uri, { assetId }, context) =>
      withProtocolErrors(app, uri, () =>
        file(app, callerOf(context), { uri, id: String(assetId) }),
      ),
  )
}

async function overview(app: App, caller: Caller): Promise<unknown> {
  requireScope(caller, 'credits:read')
  await app.ready(caller)
  await app.billing.refresh(caller.account.id)
  const { RECENT_DEFAULT, usageOverview } = await import('../../usage/overview.ts')
  const now = app.now()
  const read = await app.db.read(() =>
    usageOverview(caller, { mode: app.mode, limit: RECENT_DEFAULT }, now),
  )
  return read.overview
}

async function file(
  app: App,
  caller: Caller,
  { uri, id }: { uri: URL; id: string },
): Promise<ReadResourceResult> {
  requireScope(caller, 'assets:read')
  const asset = await app.db.read(() => findAsset(caller.account.id, id, app.now()))
  const { files } = app.generations
  const { content, bytes } = await files.open(asset)
  const max = caller.mayReadFiles ? FILE_MAX.stdio : FILE_MAX.http
  if (bytes > max) {
    content.destroy()
    const path = caller.mayReadFiles ? files.localPath(asset) : null
    throw tooLarge(max, path ?? `GET /v1/assets/${id}`)
  }
  const blob = (await buffer(content)).toString('base64')
  return { contents: [{ uri: uri.href, mimeType: asset.mime_type, blob }] }
}

function json(uri: URL, body: unknown): ReadResourceResult {
  const text = JSON.stringify(body, null, 2)
  return { contents: [{ uri: uri.href, mimeType: 'application/json', text }] }
}

/** Reads a resource and converts failures to protocol errors with our message and hint. */
async function withProtocolErrors<T>(app: App, uri: URL, body: () => Promise<T>): Promise<T> {
  try {
    return await body()
  } catch (error) {
    const { code, message, hint } = toAppError(error, app.log, uri.href)
    if (code === 'not_found') throw new ResourceNotFoundError(uri.href, `${message} ${hint}`)
    const kind =
      code === 'internal' ? ProtocolErrorCode.InternalError : ProtocolErrorCode.InvalidParams
    throw new ProtocolError(kind, `${message} ${hint}`, { code })
  }
}

function tooLarge(max: number, where: string): AppError {
  const message = `The file is larger than the ${max / 1024 / 1024} MiB that a resource may be.`
  return new AppError('invalid_input', message, { hint: `It is at ${where}.` })
}
