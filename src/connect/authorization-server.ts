import type { Scope } from '../accounts/scopes.ts'

/** What a client asks a person for. */
export type ConsentRequest = {
  /** Its id, a secret of one browser. */
  id: string
  client: {
    id: string
    /** What the client calls itself: text from outside. */
    name: string
    /** The host that vouches for the name, by its metadata document; null for a client that registered itself. */
    vouchedBy: string | null
  }
  /** Where the person goes afterwards; null for a device. */
  redirectUri: string | null
  scopes: readonly Scope[]
  /** One of our resources. */
  resource: string
}

/** What to show a person instead of an answer of the protocol. */
export type Shown =
  /** `unread` is whether this server could not read the document that says who the client is. */
  | { kind: 'error'; status: number; message: string; unread: boolean }
  | { kind: 'code'; xsrf: string; action: string; problem: string | null }
  | { kind: 'confirm'; xsrf: string; action: string; userCode: string; clientName: string }
  | { kind: 'done'; clientName: string }

/** Port to an OAuth 2.1 authorization server. */
export type AuthorizationServer = {
  /** Answers a request of the protocol; `shown` is what a person sees instead of the body. */
  answer(request: Request): Promise<{ response: Response; shown: Shown | null }>
  /** Returns what is asked of the person with this browser; null if nothing is, any more. */
  requestOf(request: Request): Promise<ConsentRequest | null>
  /** Returns a new id for a grant. */
  newGrantId(): string
  /** Grants a request to the connection with this key. Returns the address to go on to. */
  approve(
    request: Request,
    granted: { keyId: string; grantId: string; scopes: readonly Scope[] },
  ): Promise<string>
  /** Refuses a request. Returns the address to go on to. */
  deny(request: Request): Promise<string>
}
