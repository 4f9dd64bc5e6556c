import { crypto } from '../crypto.ts'
import { AppError } from '../errors.ts'
import { LINK_SECONDS } from './files.ts'

/** The parameters of a signed link: its end in seconds since 1970, and the HMAC in base64url. */
export type Signed = { expires: string; signature: string }

export type Links = {
  /** Returns the path and query of a link that opens a file without a key for 15 minutes. */
  pathTo(assetId: string): string
  /** Whether a link has a valid signature and has not expired. */
  opens(assetId: string, signed: Signed): boolean
  /** Throws `unauthorized` if the link does not open the file. */
  check(assetId: string, signed: Signed): void
}

/** Creates links to files. Each is signed with an HMAC of the file id and the expiry. `now` returns milliseconds. */
export function createLinks(secret: string, now: () => number): Links {
  const signatureOf = (assetId: string, expires: string): string =>
    crypto().createHmac('sha256', secret).update(`${assetId}\n${expires}`).digest('base64url')
  const opens: Links['opens'] = (assetId, { expires, signature }) =>
    isSame(signature, signatureOf(assetId, expires)) && Number(expires) * 1000 >= now()
  return {
    pathTo: (assetId) => {
      const expires = String(Math.floor(now() / 1000) + LINK_SECONDS)
      return `/v1/assets/${assetId}?expires=${expires}&signature=${signatureOf(assetId, expires)}`
    },
    opens,
    check: (assetId, signed) => {
      if (!opens(assetId, signed)) throw linkExpired()
    },
  }
}

function isSame(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)]
  return a.length === b.length && crypto().timingSafeEqual(a, b)
}

function linkExpired(): AppError {
  return new AppError('unauthorized', 'This link has run out or was changed.', {
    hint: 'Open it with an API key of its account, without expires and signature, or ask the person who gave it to you for a new one.',
    toolHint: 'getGeneration with the id of its generation gives the account a new one.',
  })
}
