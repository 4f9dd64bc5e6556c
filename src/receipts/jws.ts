import type { JWK } from 'jose'
import { AppError } from '../errors.ts'
import { readJson } from '../text.ts'

/** What a signed text is. It stands in the header, so that one kind is never taken for another. */
export type SignedType = 'inkwell-receipt' | 'inkwell-checkpoint'

export type { JWK }

/** A key pair as JSON Web Keys (Ed25519). `kid` is the thumbprint of the public one (RFC 7638). */
export type KeyPair = { kid: string; publicKey: JWK; privateKey: JWK }

const ALGORITHM = 'EdDSA'

/** Loaded at first use: nothing on the path of a paid call signs. */
const jose = async () => await import('jose')

/** Makes a new key pair. */
export async function newKeyPair(): Promise<KeyPair> {
  const { calculateJwkThumbprint, exportJWK, generateKeyPair } = await jose()
  const pair = await generateKeyPair(ALGORITHM, { crv: 'Ed25519', extractable: true })
  const publicKey = await exportJWK(pair.publicKey)
  const kid = await calculateJwkThumbprint(publicKey)
  const about = { kid, alg: ALGORITHM, use: 'sig' }
  return {
    kid,
    publicKey: { ...publicKey, ...about },
    privateKey: { ...(await exportJWK(pair.privateKey)), ...about },
  }
}

/** Signs a JSON value. Returns a JWS in compact form (RFC 7515). */
export async function sign(value: object, typ: SignedType, key: JWK): Promise<string> {
  const { CompactSign, importJWK } = await jose()
  return await new CompactSign(new TextEncoder().encode(JSON.stringify(value)))
    .setProtectedHeader({ alg: ALGORITHM, typ, kid: key.kid ?? '' })
    .sign(await importJWK(key, ALGORITHM))
}

/** Returns what was signed, unchecked beyond its signature, and the id of the key. Throws `invalid_input` if it does not hold. */
export async function readSigned(
  text: string,
  typ: SignedType,
  keys: readonly JWK[],
): Promise<{ value: unknown; kid: string }> {
  const { compactVerify, createLocalJWKSet } = await jose()
  const known = createLocalJWKSet({ keys: [...keys] })
  const read = await compactVerify(text.trim(), known, { algorithms: [ALGORITHM] }).catch(
    (cause: unknown) => {
      throw notSigned(typ, cause)
    },
  )
  if (read.protectedHeader.typ !== typ) throw notSigned(typ, read.protectedHeader.typ)
  const value = readJson(new TextDecoder().decode(read.payload))
  return { value, kid: read.protectedHeader.kid ?? '' }
}

function notSigned(typ: SignedType, cause: unknown): AppError {
  const [, what] = typ.split('-')
  return new AppError('invalid_input', `This is no ${what} that one of the keys signed.`, {
    hint: 'Give the whole text as it was received, and the keys of the server that signed it: its /.well-known/jwks.json.',
    cause,
  })
}
