import type * as NodeCrypto from 'node:crypto'

/** Node's cryptography, loaded with its first use: it takes some milliseconds, and a start needs none of it. */
export function crypto(): typeof NodeCrypto {
  return process.getBuiltinModule('node:crypto')
}
