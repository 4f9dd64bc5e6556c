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

/** How long a session may be silent before this process lets go of it, in milliseconds. */
const IDLE_MS = 30 * 60_000
/** How long any server can still go on with a silent session, in milliseconds. */
const LIFE_MS = 24 * 60 * 60_000
/** The use of a session is noted at most this often, in milliseconds. */
const TOUCH_MS = 60 * 60_000
const SWEEP_MS = 60_000
/** Sessions of one key kept open at once: some clients begin one for every call and end none. */
const SESSIONS_MAX = 200
/** Longest opening that is kept, in characters. A session with a longer one ends with its process. */
const OPENING_MAX = 8_192

type Session = { transport: Transport; keyId: string; usedAt: number; touchedAt: number }
export type McpSessions = {
  /** A transport for a client that opens a session, to be given its request. */
  open(keyId: string, body: unknown): Promise<Transport>
  /** The transport of a session of this key, taken over from another server if need be; null where there is none. */
  find(id: string, keyId: string, authInfo: AuthInfo): Promise<Transport | null>
  count(): number
  /** Ends the streams on which the server may speak first. */
  closeIdleStreams(): void
  /** Lets go of all sessions: another server, or this one after a restart, goes on with them. */
  close(): Promise<void>
}

/** The sessions of 2025-era clients. Each belongs to the key that opened it. */
export function createMcpSessions(app: App, buildServer: () => McpServer): McpSessions {
  const sessions = new Map<string, Session>()
  const { db, log } = app
  const failed = (error: unknown): void => log.warn('mcp.session', { error })

  const connected = async (keyId: string, id: string, isNew: boolean, body: unknown) => {
    const now = Date.now()
    const transport = new Transport({
      sessionIdGenerator: () => id,
      onsessioninitialized: async () => {
        sessions.set(id, { transport, keyId, usedAt: now, touchedAt: now })
        const opening = JSON.stringify(body)
        if (isNew && opening.length <= OPENING_MAX)
          await db.write(() => insertMcpSession({ id, key_id: keyId, opening, used_at: now }))
      },
      onsessionclosed: async () => {
        sessions.delete(id)
        await db.write(() => deleteMcpSession({ id }))
      },
    })
    await closeThese(sessions, surplus(sessions, keyId))
    await buildServer().connect(transport)
    return transport
  }

  /** Opens a session again as its client did, on this server. */
  const adopt = async (id: string, keyId: string, authInfo: AuthInfo): Promise<void> => {
    const [row] = await db.read(() => findMcpSession({ id, key_id: keyId }))
    if (row === undefined || row.used_at < Date.now() - LIFE_MS) return
    const body: unknown = JSON.parse(row.opening)
    await replay(await connected(keyId, id, false, body), body, authInfo)
  }
  const adopting = new Map<string, Promise<void>>()
  const adoptOnce = (id: string, keyId: string, authInfo: AuthInfo): Promise<void> => {
    const known = adopting.get(id)
    if (known !== undefined) return known
    const begun = adopt(id, keyId, authInfo).finally(() => adopting.delete(id))
    adopting.set(id, begun)
    return begun
  }

  const sweep = setInterval(() => {
    const idle = [...sessions].filter(([, { usedAt }]) => usedAt < Date.now() - IDLE_MS)
    closeThese(sessions, idle).catch(failed)
    const before = Date.now() - LIFE_MS
    db.write(() => deleteUnusedMcpSessions({ before })).catch(failed)
  }, SWEEP_MS)
  sweep.unref()

  return {
    open: (keyId, body) => connected(keyId, randomUUID(), true, body),
    find: async (id, keyId, authInfo) => {
      if (!sessions.has(id)) await adoptOnce(id, keyId, authInfo)
      const session = sessions.get(id)
      if (session?.keyId !== keyId) return null
      session.usedAt = Date.now()
      if (session.touchedAt < session.usedAt - TOUCH_MS) {
        session.touchedAt = session.usedAt
        db.write(() => touchMcpSession({ id, used_at: session.usedAt })).catch(failed)
      }
      return session.transport
    },
    count: () => sessions.size,
    closeIdleStreams: () => {
      for (const { transport } of sessions.values()) transport.closeStandaloneSSEStream()
    },
    close: async () => {
      clearInterval(sweep)
      await closeThese(sessions, [...sessions])
    },
  }
}

/** Does what the client did when it opened the session; it has had the answer. */
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

/** Those of a key that go to make room for one more: the longest silent. */
function surplus(sessions: Map<string, Session>, keyId: string): [string, Session][] {
  const own = [...sessions].filter(([, session]) => session.keyId === keyId)
  const oldest = own.toSorted(([, a], [, b]) => a.usedAt - b.usedAt)
  return oldest.slice(0, Math.max(0, own.length - SESSIONS_MAX + 1))
}

async function closeThese(
  sessions: Map<string, Session>,
  these: readonly [string, Session][],
): Promise<void> {
  for (const [id, { transport }] of these) {
    sessions.delete(id)
    await transport.close()
  }
}
