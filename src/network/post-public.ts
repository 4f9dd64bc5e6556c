import { pinnedTo, publicAddresses, type Hosts } from './public-hosts.ts'

/** An address that leads to a host that is not on the public internet. */
export class NotPublicError extends Error {
  override readonly name = 'NotPublicError'
}

type Post = { headers: Record<string, string>; body: string; signal: AbortSignal }

/**
 * Posts to an https URL, if its host is public, and returns the status of the answer, of which nothing else is read.
 * Redirects are not followed. The host is resolved once: the addresses that were checked are connected to. Rejects with
 * `NotPublicError`, the reason of the signal, and errors of the network.
 */
export async function postPublic(url: URL, post: Post, hosts: Hosts): Promise<number> {
  const { headers, body, signal } = post
  const aborted = Promise.withResolvers<never>()
  signal.addEventListener('abort', () => aborted.reject(signal.reason), { once: true })
  const addresses = await Promise.race([publicAddresses(url, hosts), aborted.promise])
  if (addresses.length === 0) throw new NotPublicError()
  const https = await import('node:https')
  const answered = Promise.withResolvers<number>()
  const call = https.request(
    url,
    { ...(await pinnedTo(addresses, hosts)), method: 'POST', headers },
    ({ statusCode = 0 }) => answered.resolve(statusCode),
  )
  call.on('error', answered.reject)
  call.end(body)
  try {
    return await Promise.race([answered.promise, aborted.promise])
  } finally {
    call.destroy()
  }
}
