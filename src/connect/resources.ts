/** What a token may be for: the MCP endpoint, or the whole server with its REST API. */
export type Resources = { mcp: string; server: string }

/** Returns the resource identifiers of a server (RFC 8707). */
export function resourcesOf(origin: string): Resources {
  return { mcp: `${origin}/mcp`, server: origin }
}

/** Returns which of our resources a client means; null for another one. A slash at the end changes nothing. */
export function resourceOf(asked: string, { mcp, server }: Resources): string | null {
  const plain = asked.replace(/\/$/, '')
  return [mcp, server].find((resource) => resource === plain) ?? null
}

/** Returns the resources that cover a path. A token for the MCP endpoint opens nothing else. */
export function resourcesFor(path: string, { mcp, server }: Resources): string[] {
  return path === '/mcp' ? [mcp, server] : [server]
}
