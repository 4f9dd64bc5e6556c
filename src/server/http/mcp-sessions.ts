import { randomUUID } from 'node:crypto'
import {
  WebStandardStreamableHTTPServerTransport as Transport,
  type AuthInfo,
  type McpServer,
} from '@modelcontextprotocol/server'
import {
  deleteMcpSession,
  deleteUnusedMcpSessions,
  findMcpSession,
  insertMcpSession,
  touchMcpSession,
} from '../../accounts/mcp-sessions.ts'
import type { App } from '../../app.ts'
import type { Db } from '../../db/db.ts'
import type { McpSessionTable } from '../../db/schema/accounts.ts'

/** A session without requests for this long is closed in this process, in milliseconds. */
const IDLE_MS = 30 * 60_000
/** A session without requests can be resumed by any server for this long, in milliseconds. */
const LIFE_MS = 24 * 60 * 60_000
/** Minimum time between two writes of the last use of a session, in milliseconds. */
const TOUCH_MS = 60 * 60_000
const SWEEP_MS = 60_000
/** Most open sessions of one key. Some clients open one for every call and close none. */
const SESSIONS_MAX = 200
/** Longest initialize request that is stored, in characters. A session with a longer one ends with its process. */
const OPENING_MAX = 8_192

/** A session that is stored lives as long as its row, which any server may delete. */
type Session = { transport: Transport; keyId: string; usedAt: number; isStored: boolean }
export type McpSessions = {
  /** Opens a session. Returns its transport, which must then handle the initialize request. */
  open(keyId: string, body: unknown): Promise<Transport>
  /** Returns the transport of a session of this key, resumed from another server if necessary; null if there is none or a server ended it. */
  find(id: string, keyId: string, authInfo: AuthInfo): Promise<Transport | null>
  count(): number
  /** Ends the streams for messages that the server starts. */
  closeIdleStreams(): void
  /** Closes all sessions in this process. Another server, or this one after a restart, can resume them. */
  close(): Promise<void>
}

/** Creates the sessions of 2025-era clients. Each belongs to the key that opened it. */
export function createMcpSessions(app: App, buildServer: () => McpServer): McpSessions {
  const sessions = new Map<string, Session>()
  const { db, log } = app
  const failed = (error: unknown): void => log.warn('mcp.session', { error })

  const connect = async (keyId: string, id: string, isNew: boolean, body: unknown) => {
    const now = app.now()
    const transport = new Transport({
      sessionIdGenerator: () => id,
      onsessioninitialized: async () => {
        const opening = JSON.stringify(body)
        const isStored = opening.length <= OPENING_MAX
        sessions.set(id, { transport, keyId, usedAt: now, isStored })
        if (isNew && isStored)
          await db.write(() => insertMcpSession({ id, key_id: keyId, opening, used_at: now }))
      },
      // In this order: a request that finds neither the session nor its row does not resume it.
      onsessionclosed: async () => {
        await db.write(() => deleteMcpSession({ id }))
        sessions.delete(id)
      },
    })
    await endSurplus(sessions, keyId, db)
    await buildServer().connect(transport)
    return transport
  }

  const resuming = new Map<string, Promise<void>>()
  /** Resumes a session on this server by repeating its initialize request. */
  const resumeOnce = (row: McpSessionTable, authInfo: AuthInfo): Promise<void> => {
    const { id, key_id: keyId } = row
    const known = resuming.get(id)
    if (known !== undefined) return known
    const body: unknown = JSON.parse(row.opening)
    const begun = connect(keyId, id, false, body)
      .then((transport) => replay(transport, body, authInfo))
      .finally(() => resuming.delete(id))
    resuming.set(id, begun)
    return begun
  }

  /** Makes a stored session ready on this server, or ends it here because its client ended it on another one. */
  const followRow = async (id: string, keyId: string, authInfo: AuthInfo): Promise<void> => {
    const now = app.now()
    const [row] = await db.read(() => findMcpSession({ id, key_id: keyId }))
    const known = sessions.get(id)
    if (row === undefined || row.used_at < now - LIFE_MS) {
      if (known?.keyId === keyId) await closeSessions(sessions, [[id, known]])
      return
    }
    if (known === undefined) await resumeOnce(row, authInfo)
    if (row.used_at < now - TOUCH_MS)
      db.write(() => touchMcpSession({ id, used_at: now })).catch(failed)
  }

  const sweeping = setInterval(() => void sweep(sessions, app).catch(failed), SWEEP_MS)
  sweeping.unref()

  return {
    open: (keyId, body) => connect(keyId, randomUUID(), true, body),
    find: async (id, keyId, authInfo) => {
      if (sessions.get(id)?.isStored !== false) await followRow(id, keyId, authInfo)
      const session = sessions.get(id)
      if (session?.keyId !== keyId) return null
      session.usedAt = app.now()
      return session.transport
    },
    count: () => sessions.size,
    closeIdleStreams: () => {
      for (const { transport } of sessions.values()) transport.closeStandaloneSSEStream()
    },
    close: async () => {
      clearInterval(sweeping)
      await closeSessions(sessions, [...sessions])
    },
  }
}

/** Repeats the initialize request of a client and discards the response, which the client already has. */
async function replay(
  transport: Transport,
  parsedBody: unknown,
  authInfo: AuthInfo,
): Promise<void> {
  const headers = {
    'content-type': 'application/json',
    accept: 'application/json, text/event-stream',
  }
  const request = new Request('http://localhost/mcp', { method: 'POST', headers })
  await (await transport.handleRequest(request, { parsedBody, authInfo })).text()
}

/** Ends the least recently used sessions of a key before one more opens: some clients never end one. */
async function endSurplus(sessions: Map<string, Session>, keyId: string, db: Db): Promise<void> {
  const own = [...sessions].filter(([, session]) => session.keyId === keyId)
  const oldest = own.toSorted(([, a], [, b]) => a.usedAt - b.usedAt)
  const ended = oldest.slice(0, Math.max(0, own.length - SESSIONS_MAX + 1))
  for (const [id] of ended) await db.write(() => deleteMcpSession({ id }))
  await closeSessions(sessions, ended)
}

/** Closes what is idle in this process, and deletes what no server resumes any more. */
async function sweep(sessions: Map<string, Session>, { db, now }: App): Promise<void> {
  const idle = [...sessions].filter(([, { usedAt }]) => usedAt < now() - IDLE_MS)
  await closeSessions(sessions, idle)
  await db.write(() => deleteUnusedMcpSessions({ before: now() - LIFE_MS }))
}

async function closeSessions(
  sessions: Map<string, Session>,
  these: readonly [string, Session][],
): Promise<void> {
  for (const [id, { transport }] of these) {
    sessions.delete(id)
    await transport.close()
  }
}
