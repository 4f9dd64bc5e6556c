import { getAccount } from '../accounts/accounts.ts'
import { storeCheckpoint } from '../ledger/proof/checkpoint.ts'
import type { Proof } from '../ledger/proof/prove.ts'
import { AppError } from '../errors.ts'
import { iso } from '../text.ts'
import { INVARIANTS, verifyAccount, verifyLedger } from '../verify.ts'
import { compare } from './checkpoint.ts'
import type { Terminal } from './terminal.ts'

/** The options of `inkwell ledger verify`. */
export type VerifyOptions = {
  full?: true
  account?: string
  against?: string
  keys?: string
  json?: true
}

/** Proves the ledger or one account, or compares the entries with a signed checkpoint. Exit code 1 if they differ. */
export async function verify(terminal: Terminal, options: VerifyOptions): Promise<void> {
  const { account, against } = options
  if (against === undefined) return await prove(terminal, options)
  if (account !== undefined) throw allOrOne()
  await compare(terminal, against, options)
}

async function prove(
  { app, print, printJson, fail }: Terminal,
  { full, account, json }: VerifyOptions,
): Promise<void> {
  const at = app.now()
  const proof = await app.reports.read(function* proving() {
    if (account === undefined) return yield* verifyLedger(full === true)
    yield* getAccount(account)
    return yield* verifyAccount(account)
  })
  const { difference } = proof
  if (difference !== null) {
    fail()
    await app.alerts.verifyFailed(difference.invariant)
  }
  const isProven = difference === null && account === undefined
  const stored = isProven ? await app.db.write(() => storeCheckpoint(proof, at)) : null
  if (!json) return print(...wordsOf(proof, account))
  const { before, whole, entries } = proof
  printJson({
    ok: difference === null,
    ...(account !== undefined && { account }),
    invariants: INVARIANTS.length,
    difference,
    full: whole,
    from: before === null || whole ? null : iso(before.at),
    entries,
    checkpoint: stored === null ? null : { at: iso(stored.at), hash: stored.hash },
  })
}

function wordsOf({ difference, before, whole, entries }: Proof, account?: string): string[] {
  if (difference !== null)
    return [`  Ledger differs: ${difference.invariant}`, `  ${JSON.stringify(difference.row)}`]
  if (account !== undefined)
    return [
      `  Account verified: all ${INVARIANTS.length} invariants hold for ${account}.`,
      `  All its ${entries} entries were read.`,
    ]
  if (before === null || whole)
    return [
      `  Ledger verified: all ${INVARIANTS.length} invariants hold.`,
      `  All ${entries} entries were read.`,
    ]
  return [
    `  Ledger verified: no difference in ${entries} entries since ${iso(before.at)}, nor in what they add up to.`,
    `  --full proves all ${INVARIANTS.length} invariants from the first entry.`,
  ]
}

function allOrOne(): AppError {
  return new AppError('invalid_input', 'A checkpoint is about all accounts.', {
    hint: 'Leave out --account or --against.',
  })
}
