/** A remote host that a person let in. Its caps and its end are those of its key, which has no secret. */
export type ConnectionTable = {
  key_id: string
  account_id: string
  /** What ties its tokens together at the authorization server. */
  grant_id: string
  /** SHA-256 of the id of the request that the person approved: approving it again makes no second connection. */
  request: string
  client_id: string
  /** Where the client takes the person back to, for a person to read. */
  sends_to: string
  created_at: number
}

/** What the authorization server remembers: codes, tokens, clients, requests, its own keys. */
export type OAuthRecordTable = {
  /** A model of oidc-provider, or `Keys`. */
  kind: string
  /** SHA-256 of its id, in hex: an id is a secret, and is not stored. */
  hash: string
  grant_id: string | null
  /** SHA-256 of the code that a person types for a device. */
  user_code: string | null
  /** JSON without any id of its own. */
  payload: string
  /** When it was used up, in milliseconds since 1970. It is kept until its end, so that a second use is noticed. */
  consumed_at: number | null
  /** Milliseconds since 1970. */
  expires_at: number
}

/** A person whom an identity provider knows. */
type SubjectTable = {
  issuer: string
  subject: string
  account_id: string
  created_at: number
}

/** A person who may open an account by signing in. */
type InvitationTable = {
  /** In lower case. */
  email: string
  created_at: number
  used_at: number | null
}

export type ConnectTables = {
  connection: ConnectionTable
  oauth_record: OAuthRecordTable
  subject: SubjectTable
  invitation: InvitationTable
}
