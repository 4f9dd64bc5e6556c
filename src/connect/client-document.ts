import { fetchUrl, type Network } from '../media/fetch-url.ts'
import { readJson } from '../text.ts'
import { clientMetadata } from './client-metadata.ts'

/** Largest metadata document of a client, in bytes. */
const DOCUMENT_MAX = 16 * 1024
/** How long its host may take, in milliseconds. */
const TIMEOUT_MS = 5_000

export type FetchDocument = (url: string) => Promise<Response>

/**
 * Returns a function that fetches the metadata document of a client from a public https URL, without redirects, and keeps
 * only what `clientMetadata` does. Throws `invalid_input` and `input_unreadable`.
 */
export function documentFetcher(network: Network = {}): FetchDocument {
  const limits = {
    timeoutMs: TIMEOUT_MS,
    maxBytes: DOCUMENT_MAX,
    maxRedirects: 0,
    accept: 'application/json',
  }
  return async (url) => {
    const bytes = await fetchUrl(url, new AbortController().signal, { ...limits, ...network })
    return Response.json(clientMetadata(readJson(Buffer.from(bytes).toString('utf8'))))
  }
}
