import type { IncomingMessage } from 'node:http'
import { AppError, codeOf } from '../errors.ts'
import { pinnedTo, publicAddresses, showsItsAddress, type Hosts } from '../network/public-hosts.ts'
import { MAX_INPUT_BYTES } from './read-file.ts'
import { loadCancelled, orCancelled, inQuotes } from './reference.ts'

/** Limits of one download, and replacements for parts of the network, so that tests stay on one machine. */
export type Network = Hosts & {
  timeoutMs?: number
  maxBytes?: number
  maxRedirects?: number
  /** The types that are asked for; images by default. */
  accept?: string
}

type Hop = { url: URL; addresses: string[]; signal: AbortSignal; network: Network }

const TIMEOUT_MS = 20_000
const MAX_REDIRECTS = 5
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308])

/**
 * Downloads from a public https URL: at most 50 MiB, 20 s and 5 redirects. At each hop the host name is resolved
 * once, and only the checked addresses are connected to, so that a name cannot change after the check. Throws
 * `invalid_input` for a fault in the URL itself, `input_unreadable` for other failures, and `cancelled`.
 */
export async function fetchUrl(
  reference: string,
  signal: AbortSignal,
  network: Network = {},
): Promise<Uint8Array> {
  const limit = new AbortController()
  const timer = setTimeout(() => limit.abort(), network.timeoutMs ?? TIMEOUT_MS)
  const stop = (): void => limit.abort()
  signal.addEventListener('abort', stop, { once: true })
  if (signal.aborted) stop()
  try {
    return await follow(parseUrl(reference), limit.signal, network)
  } catch (cause) {
    if (signal.aborted) throw loadCancelled()
    if (limit.signal.aborted) throw unreadable(reference, 'took too long to download', cause)
    if (cause instanceof Unreachable) throw unreadable(reference, cause.message, cause.cause)
    if (cause instanceof AppError) throw cause
    throw unreadable(reference, networkFault(cause), cause)
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', stop)
  }
}

/** A network failure in our words, without the caller's URL. */
class Unreachable extends Error {
  override readonly name = 'Unreachable'
}

async function follow(first: URL, signal: AbortSignal, network: Network): Promise<Uint8Array> {
  const { maxRedirects = MAX_REDIRECTS } = network
  let url = first
  for (let redirects = 0; redirects <= maxRedirects; redirects++) {
    if (redirects > 0) assertRedirect(url)
    const addresses = await checkedAddresses(url, { isFirst: redirects === 0, signal, network })
    const response = await request({ url, addresses, signal, network })
    if (response instanceof Uint8Array) return response
    url = response
  }
  throw new Unreachable(`was redirected more than ${maxRedirects} times`)
}

function parseUrl(reference: string): URL {
  const url = URL.parse(reference)
  if (!url || url.protocol !== 'https:') throw refused(reference, 'is not a valid https: URL')
  if (url.username || url.password) throw refused(reference, 'holds a user name or password')
  return url
}

function assertRedirect(url: URL): void {
  if (url.protocol !== 'https:') throw new Unreachable('was redirected away from https')
  if (url.username || url.password)
    throw new Unreachable('was redirected to a URL with a user name')
}

async function checkedAddresses(
  url: URL,
  { isFirst, signal, network }: { isFirst: boolean; signal: AbortSignal; network: Network },
): Promise<string[]> {
  const addresses = await orCancelled(publicAddresses(url, network), signal)
  if (addresses.length > 0) return addresses
  const what = 'to a private or local address'
  if (isFirst && (await showsItsAddress(url))) throw refused(url.href, `leads ${what}`)
  throw new Unreachable(`${isFirst ? 'leads' : 'was redirected'} ${what}`)
}

async function request({ url, addresses, signal, network }: Hop): Promise<Uint8Array | URL> {
  const https = await import('node:https')
  const sent = Promise.withResolvers<IncomingMessage>()
  const options = {
    ...(await pinnedTo(addresses, network)),
    headers: {
      accept: network.accept ?? 'image/*',
      'accept-encoding': 'identity',
      'user-agent': 'inkwell',
    },
    signal,
  }
  const call = https.get(url, options, sent.resolve)
  call.on('error', sent.reject)
  try {
    const response = await sent.promise
    const { statusCode = 0, headers } = response
    if (!REDIRECTS.has(statusCode) || headers.location === undefined) {
      if (statusCode !== 200) throw new Unreachable(`answered with HTTP status ${statusCode}`)
      return await readBody(response, network.maxBytes ?? MAX_INPUT_BYTES)
    }
    const next = URL.parse(headers.location, url.href)
    if (!next) throw new Unreachable('was redirected to something that is not a URL')
    return next
  } finally {
    call.destroy()
  }
}

async function readBody(response: IncomingMessage, maxBytes: number): Promise<Uint8Array> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of response as AsyncIterable<Buffer>) {
    length += chunk.length
    if (length > maxBytes) throw new Unreachable(`is larger than ${maxBytes} bytes`)
    chunks.push(chunk)
  }
  if (length === 0) throw new Unreachable('answered with nothing')
  return Buffer.concat(chunks, length)
}

function networkFault(cause: unknown): string {
  const code = codeOf(cause)
  if (/ENOTFOUND|EAI_/.test(code)) return 'has a host name that does not resolve'
  if (/CERT|TLS|SSL|SELF_SIGNED|UNABLE_TO/.test(code)) return 'has no trustworthy certificate'
  return 'could not be downloaded: the connection failed'
}

function refused(reference: string, what: string): AppError {
  return new AppError('invalid_input', `${inQuotes(reference)} ${what}.`, {
    hint: 'Give a public https: URL without credentials, or a data: URI or an id instead.',
  })
}

function unreadable(reference: string, what: string, cause: unknown): AppError {
  return new AppError('input_unreadable', `${inQuotes(reference)} ${what}.`, {
    hint: 'Check that the URL leads straight to an image of at most 50 MiB, or give the image another way.',
    cause,
  })
}
