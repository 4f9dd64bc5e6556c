/** A key that signs receipts and checkpoints. The one with the highest number signs; the others only verify. */
type SigningKeyTable = {
  number: number
  /** The thumbprint of the public key (RFC 7638). */
  kid: string
  /** A JSON Web Key, as are all keys here: Ed25519. */
  public_key: string
  /** Null as soon as another key signs. */
  private_key: string | null
  /** Milliseconds since 1970. */
  created_at: number
}

export type ReceiptTables = { signing_key: SigningKeyTable }
