import { Agent } from 'node:http'
import { initialize, OWN_SESSION } from './mcp.ts'
import type { Sent } from './rest.ts'
import { send, sendRaw, type Answer } from './send.ts'
import type { Stage } from './stage.ts'

/** Sends what was generated, in the session that its key has open at that time. */
export function createSender({
  server: { url },
  keys,
}: Stage): (sent: Sent | string) => Promise<Answer> {
  const agent = new Agent({ keepAlive: true })
  const sessions = new Map<string, Promise<string>>()
  const open = async (key: string): Promise<string> => {
    const answer = await send(initialize(key), { url, agent, session: undefined })
    return /^mcp-session-id: (.+)$/m.exec(answer.headers)?.[1] ?? ''
  }
  return async (sent) => {
    if (typeof sent === 'string')
      return await sendRaw(
        sent.replaceAll('HOST', new URL(url).host).replaceAll('KEY', keys.good[0] ?? ''),
        url,
      )
    const { authorization, 'x-access-token': token, 'mcp-session-id': id } = sent.headers
    const key = token ?? authorization?.slice('Bearer '.length) ?? ''
    if (id !== OWN_SESSION || !keys.good.includes(key))
      return await send(sent, { url, agent, session: undefined })
    // One that is to be closed has no calls of others in it.
    if (sent.method === 'DELETE') return await send(sent, { url, agent, session: await open(key) })
    const session = sessions.get(key) ?? open(key)
    sessions.set(key, session)
    return await send(sent, { url, agent, session: await session })
  }
}
