import * as z from 'zod'
import type { Db } from '../db/db.ts'
import type { Difference } from '../db/invariants.ts'
import { findBrokenChain } from '../ledger/proof/chain.ts'
import { storeCheckpoint } from '../ledger/proof/checkpoint.ts'
import { installId } from '../ledger/metadata.ts'
import { verifyLedger } from '../verify.ts'
import { readSigned, sign, type JWK } from './jws.ts'
import { signingKey } from './signing-keys.ts'

/** What a signed checkpoint says: the entries that each account had, by the last SHA-256 of their chain in hex. */
const CheckpointShape = z.object({
  ledger: z.string(),
  at: z.string(),
  accounts: z.record(z.string(), z.object({ entries: z.number().int(), hash: z.string() })),
})

type Signed = z.infer<typeof CheckpointShape>

type Now = { db: Db; now: () => number }

/**
 * Proves the entries since the last checkpoint, and signs the chain of each account. Returns a JWS in compact form, or
 * the first difference if the ledger has one: then nothing is signed.
 */
export async function issueCheckpoint({
  db,
  now,
}: Now): Promise<{ jws: string; checkpoint: Signed } | { difference: Difference }> {
  const at = now()
  const ledger = await db.write(installId)
  const proof = await db.read(() => verifyLedger(false))
  if (proof.difference !== null) return { difference: proof.difference }
  await db.write(() => storeCheckpoint(proof, at))
  const accounts = [...proof.totals.accounts].map(
    ([id, { seq, hash }]) => [id, { entries: seq, hash }] as const,
  )
  const checkpoint = {
    ledger,
    at: new Date(at).toISOString(),
    accounts: Object.fromEntries(accounts),
  }
  const jws = await sign(checkpoint, 'inkwell-checkpoint', await signingKey(db, at))
  return { jws, checkpoint }
}

/**
 * Compares the entries of a ledger with a signed checkpoint. Returns the first account that has a changed, removed or
 * added entry among those that were signed; null if there is none. Throws `invalid_input` if none of the keys signed it.
 */
export async function compareWithCheckpoint(
  db: Db,
  text: string,
  keys: readonly JWK[],
): Promise<{ checkpoint: Signed; broken: { accountId: string; entries: number } | null }> {
  const { value } = await readSigned(text, 'inkwell-checkpoint', keys)
  const checkpoint = CheckpointShape.parse(value)
  const chains = Object.entries(checkpoint.accounts).map(
    ([id, { entries, hash }]) => [id, { seq: entries, hash }] as const,
  )
  return { checkpoint, broken: await db.read(() => findBrokenChain(new Map(chains))) }
}
